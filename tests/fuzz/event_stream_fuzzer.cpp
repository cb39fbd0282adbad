// Reads any bytes as an event stream. What is accepted must survive being written and read again.

#include "formats/event_stream.hpp"
#include "repaired.hpp"
#include "require.hpp"
#include "tests/unit/formats/stream_helpers.hpp"

namespace {

using namespace ictus::formats;
using testing::Bytes;
using testing::Reading;

bool same_blocks(const Reading& a, const Reading& b) {
  return a.blocks.size() == b.blocks.size() && testing::begins_with(a.blocks, b.blocks);
}

void check(const Bytes& bytes) {
  const Reading reading = testing::read(bytes);
  const Reading slowly = testing::read(bytes, 1);
  require(reading.error == slowly.error && same_blocks(reading, slowly), "the source's steps matter");
  require(reading.error.empty() == reading.totals.has_value(), "neither an error nor an end");
  if (!reading.header) return;

  testing::Stream stream{*reading.header, reading.blocks, {}};
  if (reading.totals) stream.totals = *reading.totals;
  const Reading again = testing::read(testing::written(stream));
  require(again.error.empty(), "what was read cannot be written");
  require(testing::same(*again.header, stream.header) && same_blocks(again, reading),
          "what was read comes back as something else");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  testing::check_both(kEventStreamFormat, data, size, check);
  return 0;
}
