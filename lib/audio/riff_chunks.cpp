#include "lib/audio/riff_chunks.hpp"

#include <array>

#include "lib/audio/tags.hpp"

namespace ictus::audio {
namespace {

std::string_view words(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::optional<ByteRange> find_riff_chunk(const ByteRange& file, std::string_view id, std::string_view start) {
  std::array<std::byte, 12> head{};
  if (file.read_at(0, head) != head.size()) return std::nullopt;
  const bool is_aiff = words(head).starts_with("FORM");
  if (!is_aiff && !(words(head).starts_with("RIFF") && words(head).substr(8) == "WAVE")) return std::nullopt;
  constexpr int kMostChunks = 10000;
  std::uint64_t offset = head.size();
  for (int i = 0; i < kMostChunks; ++i) {
    std::array<std::byte, 8> chunk{};
    if (file.read_at(offset, chunk) != chunk.size()) return std::nullopt;
    offset += chunk.size();
    std::uint64_t size = 0;
    for (std::size_t k = 0; k < 4; ++k)
      size = size << 8 | std::to_integer<std::uint64_t>(chunk[is_aiff ? 4 + k : 7 - k]);
    std::array<std::byte, 4> first{};
    if (lower_case(words(chunk).substr(0, 4)) == id && file.read_at(offset, first) >= start.size() &&
        words(first).starts_with(start))
      return file.part(offset, size);
    offset += size + size % 2;
  }
  return std::nullopt;
}

}  // namespace ictus::audio
