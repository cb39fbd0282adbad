// Reads any bytes as an event stream. What is accepted must survive being written and read again.

#include <xxhash.h>

#include <stdexcept>

#include "formats/event_stream.hpp"
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

/// The same bytes with the signature and all checksums put right, so that a change reaches the parsers
/// behind them.
Bytes repaired(Bytes bytes) {
  constexpr std::uint8_t kBeginning[] = {0x89, 'E', 'V', 'S', '\r', '\n', 0x1A, '\n', 1};
  std::size_t at = sizeof kBeginning;
  if (bytes.size() < at) return bytes;
  std::copy_n(std::as_bytes(std::span(kBeginning)).begin(), at, bytes.begin());

  for (std::uint32_t number = 0; at < bytes.size(); ++number) {
    const std::size_t begin = at;
    const bool compressed = std::to_integer<bool>(bytes[at++] & std::byte{0x40});
    std::size_t sizes[2] = {0, 0};
    for (int i = 0; i < (compressed ? 2 : 1); ++i) {
      for (unsigned shift = 0; at < bytes.size() && shift < 21; shift += 7) {
        const auto byte = std::to_integer<std::size_t>(bytes[at++]);
        sizes[i] |= (byte & 0x7FU) << shift;
        if (byte < 0x80) break;
      }
    }
    if (bytes.size() - at < sizes[0] + 4) break;
    at += sizes[0];
    const std::uint32_t checksum = XXH32(bytes.data() + begin, at - begin, number);
    for (unsigned k = 0; k < 4; ++k) bytes[at++] = static_cast<std::byte>(checksum >> 8U * k);
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = std::as_bytes(std::span(data, size));
  const Bytes bytes(input.begin(), input.end());
  check(bytes);
  check(repaired(bytes));
  return 0;
}
