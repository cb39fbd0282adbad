#include "lib/audio/w64_header.hpp"

#include <algorithm>
#include <array>

#include "lib/audio/wav_header.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

constexpr std::size_t kHeadBytes = 24;
constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 48;
constexpr int kMaxChunks = 10000;

/// All but "riff" end alike.
bool is(const std::array<std::byte, kHeadBytes>& head, std::string_view name) {
  static constexpr std::array<unsigned char, 12> kRest{0xF3, 0xAC, 0xD3, 0x11, 0x8C, 0xD1,
                                                       0x00, 0xC0, 0x4F, 0x8E, 0xDB, 0x8A};
  return begins_with(head, name) &&
         std::equal(kRest.begin(), kRest.end(), head.begin() + 4,
                    [](unsigned char a, std::byte b) { return std::byte{a} == b; });
}

}  // namespace

std::optional<SoundHeader> read_w64_header(const HeaderInput& input) {
  static constexpr std::string_view kRiff("riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00", 16);
  std::array<std::byte, kHeadBytes> head{};
  if (input.read_at(0, head) != head.size() || !begins_with(head, kRiff)) return std::nullopt;
  const auto size = [&] { return number(std::span<const std::byte>(head).last(8), ByteOrder::little); };

  SoundHeader header;
  if (size() > kHeadBytes && size() < kMostChunkBytes) header.container_bytes = size();
  bool has_fmt = false;
  std::uint64_t offset = kHeadBytes + 16;  // behind "wave"
  for (int i = 0; i < kMaxChunks; ++i) {
    if (input.read_at(offset, head) != head.size()) {
      throw Error(input.name + " is a W64 file that ends inside its header",
                  "it holds no sound; copy or record it again");
    }
    if (is(head, "data")) {
      if (!has_fmt) throw Error(input.name + " has a damaged W64 header (no fmt chunk before the sound)");
      header.data_offset = offset + kHeadBytes;
      header.size_field = {offset + 16, 8, ByteOrder::little, kHeadBytes};
      // The size counts the chunk's head as well; one that does not even hold that is a placeholder.
      settle_size(input, size() > kHeadBytes ? size() - kHeadBytes : 0, header);
      return header;
    }
    if (size() < kHeadBytes || size() > kMostChunkBytes) {
      throw Error(input.name + " has a damaged W64 header (no chunk begins at byte " +
                  std::to_string(offset) + ")");
    }
    if (is(head, "fmt ")) {
      std::array<std::byte, 40> fmt{};
      const auto content = std::span(fmt).first(std::min<std::uint64_t>(size() - kHeadBytes, fmt.size()));
      if (content.size() < 16 || input.read_at(offset + kHeadBytes, content) != content.size()) {
        throw Error(input.name + " has a damaged W64 header (its fmt chunk is too short)");
      }
      read_wav_format(content, ByteOrder::little, input.name, header);
      has_fmt = true;
    }
    if (is(head, "fact") && size() >= kHeadBytes + 8) {
      std::array<std::byte, 8> frames{};
      if (input.read_at(offset + kHeadBytes, frames) == frames.size()) {
        header.coded_frames = number(frames, ByteOrder::little);
      }
    }
    offset += (size() + 7) / 8 * 8;
  }
  throw Error(input.name + " is a W64 file with no sound within its first " + std::to_string(kMaxChunks) +
              " chunks");
}

}  // namespace ictus::audio
