// Reads any bytes as an event stream. What is accepted must survive being written and read again.

#include <stdexcept>

#include "formats/event_stream.hpp"
#include "repaired.hpp"
#include "tests/unit/formats/stream_helpers.hpp"

namespace {

using namespace ictus::formats;
using testing::Bytes;
using testing::Reading;

void require(bool condition, const char* what) {
  if (!condition) throw std::logic_error(what);
}

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
  const auto input = std::as_bytes(std::span(data, size));
  const Bytes bytes(input.begin(), input.end());
  check(bytes);
  check(testing::repaired(kEventStreamFormat, bytes));
  return 0;
}
