#include "lib/audio/aiff_header.hpp"

#include <array>
#include <cstring>

#include "lib/audio/frame_reader.hpp"

namespace ictus::audio {

std::optional<DamagedInput> find_aiff_damage(const ReadAt& read_at, std::uint64_t file_bytes,
                                             const std::string& name) {
  std::array<std::byte, 12> start{};
  if (read_at(0, start) != start.size() || std::memcmp(start.data(), "FORM", 4) != 0) return std::nullopt;
  std::uint64_t offset = start.size();
  std::array<std::byte, 8> head{};
  while (read_at(offset, head) == head.size()) {
    offset += head.size();
    std::uint64_t size = 0;
    for (std::size_t i = 4; i < 8; ++i) size = size << 8 | std::to_integer<std::uint64_t>(head[i]);
    if (std::memcmp(head.data(), "SSND", 4) == 0) {
      if (!is_credible_chunk_size(size) || offset + size <= file_bytes) return std::nullopt;
      return cut_short(name, size, file_bytes - offset, "bytes of sound");
    }
    offset += size + size % 2;
  }
  return std::nullopt;
}

}  // namespace ictus::audio
