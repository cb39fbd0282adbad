#include "lib/audio/caf_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cctype>
#include <cmath>
#include <utility>
#include <vector>

#include "lib/audio/channel_layout.hpp"
#include "lib/audio/tags.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

constexpr std::size_t kHeadBytes = 12;
constexpr std::uint64_t kEditCountBytes = 4;
constexpr std::uint64_t kMostChunkBytes = std::uint64_t{1} << 48;
constexpr std::size_t kMostTextBytes = 1 << 20;
constexpr int kMaxChunks = 10000;

class Parser {
 public:
  explicit Parser(const HeaderInput& input) : input_(input) {}

  std::optional<SoundHeader> parse() {
    if (!read_chunks()) return std::nullopt;
    // Only now: the layout may stand before the number of channels that it is of.
    header_.speakers = speakers_of_layout(layout_, header_.spec.channels);
    return header_;
  }

 private:
  /// Returns whether it is such a file.
  bool read_chunks() {
    std::array<std::byte, 8> start{};
    if (input_.read_at(0, start) != start.size() || !begins_with(start, "caff")) return false;
    std::uint64_t offset = start.size();
    bool has_sound = false;
    for (int i = 0; i < kMaxChunks; ++i) {
      std::array<std::byte, kHeadBytes> head{};
      const bool is_whole = input_.read_at(offset, head) == head.size();
      const std::uint64_t size = number(std::span<const std::byte>(head).last(8), ByteOrder::big);
      if (!is_whole || !is_chunk_name(head)) {
        if (has_sound) {
          remark_left_over(input_, offset, header_);
          return true;
        }
        throw Error(input_.name + (is_whole ? " has a damaged CAF header (no chunk begins at byte " +
                                                  std::to_string(offset) + ")"
                                            : " is a CAF file that ends inside its header"),
                    "it holds no sound; copy or record it again");
      }
      offset += head.size();
      if (begins_with(head, "data") && !has_sound) {
        has_sound = true;
        read_size(offset, size);
        // What follows can be looked at in a file, and only where it is known where that begins.
        if (!input_.file_bytes || !header_.data_bytes) return true;
      } else {
        read_chunk(head, offset, std::min<std::uint64_t>(size, kMostTextBytes));
      }
      offset += std::min(size, kMostChunkBytes);
    }
    return true;
  }

  void read_size(std::uint64_t offset, std::uint64_t size) {
    if (!has_desc_) throw Error(input_.name + " has a damaged CAF header (no description before the sound)");
    header_.data_offset = offset + kEditCountBytes;
    header_.size_field = {offset - 8, 8, ByteOrder::big, kEditCountBytes};
    // -1 says that the producer could not know.
    settle_size(input_, size <= kMostChunkBytes ? size - std::min(size, kEditCountBytes) : size, header_);
  }

  void read_chunk(std::span<const std::byte> head, std::uint64_t offset, std::uint64_t size) {
    // Another one behind the sound would say what this sound is not.
    const bool is_desc = begins_with(head, "desc") && !has_desc_;
    const bool is_layout = begins_with(head, "chan");
    const bool is_info = begins_with(head, "info");
    if (!is_desc && !is_layout && !is_info) return;
    std::vector<std::byte> content(size);
    content.resize(input_.read_at(offset, content));
    if (is_desc) read_desc(content);
    if (is_layout) layout_ = std::move(content);
    if (is_info) read_info(content);
  }

  void read_desc(std::span<const std::byte> desc) {
    if (desc.size() < 32)
      throw Error(input_.name + " has a damaged CAF header (its desc chunk is too short)");
    const auto field = [&](std::size_t at) {
      return static_cast<std::size_t>(number(desc.subspan(at, 4), ByteOrder::big));
    };
    const auto rate = std::bit_cast<double>(number(desc.first(8), ByteOrder::big));
    header_.spec.sample_rate_hz =
        rate > 0.0 ? static_cast<int>(std::lround(std::min(rate, 2147483647.0))) : 0;  // NaN is not greater
    header_.spec.channels = static_cast<int>(std::min<std::size_t>(field(24), 0xFFFF));
    has_desc_ = true;
    if (!begins_with(desc.subspan(8), "lpcm")) return;
    read_pcm(field(12), field(16), field(20), field(28));
  }

  void read_pcm(std::size_t flags, std::size_t packet_bytes, std::size_t packet_frames, std::size_t bits) {
    using enum PcmEncoding;
    const bool is_float = (flags & 1U) != 0;
    const bool is_little = (flags & 2U) != 0;
    const auto channels = static_cast<std::size_t>(header_.spec.channels);
    const std::size_t sample_bytes = channels > 0 ? packet_bytes / channels : 0;
    header_.bytes_per_frame = packet_bytes;
    if (is_float && sample_bytes == 4) header_.encoding = is_little ? f32le : f32be;
    if (is_float && sample_bytes == 8) header_.encoding = is_little ? f64le : f64be;
    constexpr std::array kLittle{s8, s16le, s24le, s32le};
    constexpr std::array kBig{s8, s16be, s24be, s32be};
    if (!is_float && sample_bytes >= 1 && sample_bytes <= 4) {
      header_.encoding = (is_little ? kLittle : kBig)[sample_bytes - 1];
    }
    const bool fits = header_.encoding && packet_frames == 1 && packet_bytes == channels * sample_bytes &&
                      bits >= 1 && bits <= 8 * sample_bytes;
    if (fits || channels == 0) return;
    throw Error(input_.name + " has a header that contradicts itself: " + std::to_string(channels) +
                    (channels == 1 ? " channel" : " channels") + " of " + std::to_string(bits) +
                    " bits in frames of " + std::to_string(packet_bytes) + " bytes",
                "if you know what it is, give it as raw PCM");
  }

  /// A count, then keys and values, each ended by a zero.
  void read_info(std::span<const std::byte> info) {
    if (info.size() < 4) return;
    std::string_view text(reinterpret_cast<const char*>(info.data()) + 4, info.size() - 4);
    const auto next = [&text] {
      const std::string_view word = text.substr(0, text.find('\0'));
      text.remove_prefix(std::min(text.size(), word.size() + 1));
      return word;
    };
    for (std::uint64_t left = number(info.first(4), ByteOrder::big); left > 0 && !text.empty(); --left) {
      std::string key = to_utf8(next());
      const std::string value = to_utf8(next());
      std::transform(key.begin(), key.end(), key.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (!key.empty() && !value.empty()) header_.tags.emplace_back(tag_name(key), value);
    }
  }

  /// Apple's keys in the names of Vorbis comments.
  static std::string tag_name(const std::string& key) {
    if (key == "track number") return "tracknumber";
    if (key == "year" || key == "recorded date") return "date";
    if (key == "comments") return "comment";
    return key;
  }

  const HeaderInput& input_;
  SoundHeader header_;
  std::vector<std::byte> layout_;  ///< content of chan
  bool has_desc_ = false;
};

}  // namespace

std::optional<SoundHeader> read_caf_header(const HeaderInput& input) { return Parser(input).parse(); }

}  // namespace ictus::audio
