#include "lib/audio/riff_chunks.hpp"

#include <array>
#include <string>
#include <vector>

#include "lib/audio/chunks.hpp"
#include "lib/audio/tags.hpp"
#include "lib/core/utf8.hpp"

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
  const ReadAt read_at = [&file](std::uint64_t offset, std::span<std::byte> bytes) {
    return file.read_at(offset, bytes);
  };
  const HeaderInput input{read_at, file.size(), file.name()};
  const ChunkWalk walk(input, is_aiff ? ByteOrder::big : ByteOrder::little, {});
  constexpr int kMostChunks = 10000;
  std::vector<std::string> ignored;
  std::uint64_t offset = head.size();
  for (int i = 0; i < kMostChunks; ++i) {
    const auto chunk = walk.at(offset);
    if (!chunk) return std::nullopt;
    std::array<std::byte, 4> first{};
    if (lower_case(words(chunk->id)) == id && file.read_at(chunk->offset, first) >= start.size() &&
        words(first).starts_with(start)) {
      return file.part(chunk->offset, chunk->size);
    }
    offset = walk.behind(*chunk, ignored);
  }
  return std::nullopt;
}

}  // namespace ictus::audio
