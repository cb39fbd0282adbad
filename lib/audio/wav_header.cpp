#include "lib/audio/wav_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <vector>

#include "lib/audio/tags.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

constexpr int kFormatPcm = 1;
constexpr int kFormatFloat = 3;
constexpr int kFormatExtensible = 0xFFFE;
constexpr std::uint32_t kSizeIn64 = 0xFFFFFFFF;           ///< RF64: the size is in the ds64 chunk
constexpr std::uint64_t kMax64 = std::uint64_t{1} << 62;  ///< sizes beyond are nonsense
constexpr int kMaxChunks = 10000;
constexpr std::size_t kMaxListBytes = 1 << 16;

std::uint64_t little_endian(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

class Parser {
 public:
  Parser(const ReadAt& read_at, const std::string& name) : read_at_(read_at), name_(name) {}

  std::optional<WavHeader> parse(LookBehindSound behind) {
    std::array<std::byte, 12> start{};
    if (read_at_(0, start) != start.size()) return std::nullopt;
    rf64_ = is(start, "RF64");
    if (!(rf64_ || is(start, "RIFF")) || !is(std::span(start).subspan(8), "WAVE")) return std::nullopt;
    riff_bytes_ = little_endian(std::span(start).subspan(4, 4));

    std::uint64_t offset = read_chunks_before_sound(start.size());
    if (!has_fmt_) throw Error(name_ + " has a damaged WAV header (no fmt chunk before the sound)");
    if (behind == LookBehindSound::yes && header_.data_bytes) {
      read_chunks_behind_sound(offset + *header_.data_bytes + *header_.data_bytes % 2);
    }
    return header_;
  }

 private:
  /// Returns where the sound begins.
  std::uint64_t read_chunks_before_sound(std::uint64_t offset) {
    for (int i = 0; i < kMaxChunks; ++i) {
      std::array<std::byte, 8> head{};
      read(offset, head);
      offset += head.size();
      const std::uint64_t size = little_endian(std::span(head).subspan(4));
      if (is(head, "data")) {
        header_.data_offset = offset;
        header_.data_bytes = sound_bytes(size);
        return offset;
      }
      if (is(head, "ds64")) read_ds64(offset, size);
      if (is(head, "fmt ")) read_fmt(offset, size);
      if (is(head, "LIST")) read_list(offset, size);
      offset += size + size % 2;
    }
    throw Error(name_ + " is a WAV file with no sound within its first " + std::to_string(kMaxChunks) +
                " chunks");
  }

  /// Only tags are looked for here, and damage does not matter any more.
  void read_chunks_behind_sound(std::uint64_t offset) {
    for (int i = 0; i < kMaxChunks; ++i) {
      std::array<std::byte, 8> head{};
      if (read_at_(offset, head) != head.size()) return;
      offset += head.size();
      const std::uint64_t size = little_endian(std::span(head).subspan(4));
      if (is(head, "LIST")) read_list(offset, size);
      offset += size + size % 2;
    }
  }

  static bool is(std::span<const std::byte> bytes, std::string_view id) {
    return std::memcmp(bytes.data(), id.data(), id.size()) == 0;
  }

  void read(std::uint64_t offset, std::span<std::byte> bytes) const {
    if (read_at_(offset, bytes) != bytes.size()) {
      throw Error(name_ + " is a WAV file that ends inside its header",
                  "it holds no sound; copy or record it again");
    }
  }

  void read_ds64(std::uint64_t offset, std::uint64_t size) {
    std::array<std::byte, 16> sizes{};
    if (size < sizes.size()) throw Error(name_ + " has a damaged RF64 header (its ds64 chunk is too short)");
    read(offset, sizes);
    riff_bytes_ = little_endian(std::span(sizes).first(8));
    data_bytes_64_ = little_endian(std::span(sizes).last(8));
  }

  void read_fmt(std::uint64_t offset, std::uint64_t size) {
    std::array<std::byte, 40> fmt{};
    if (size < 16) throw Error(name_ + " has a damaged WAV header (its fmt chunk is too short)");
    read(offset, std::span(fmt).first(std::min<std::size_t>(size, fmt.size())));
    const auto field = [&](std::size_t at, std::size_t bytes) {
      return little_endian(std::span(fmt).subspan(at, bytes));
    };
    auto format = static_cast<int>(field(0, 2));
    // The sub-format of an extensible header is a GUID; its first two bytes are the classic number.
    if (format == kFormatExtensible && size >= fmt.size()) format = static_cast<int>(field(24, 2));
    header_.spec.channels = static_cast<int>(field(2, 2));
    header_.spec.sample_rate_hz = static_cast<int>(std::min<std::uint64_t>(field(4, 4), 0x7FFFFFFF));
    header_.bytes_per_frame = field(12, 2);
    header_.encoding = encoding(format, static_cast<int>(field(14, 2)));
    has_fmt_ = true;
  }

  [[nodiscard]] std::optional<PcmEncoding> encoding(int format, int bits) const {
    std::optional<PcmEncoding> found;
    if (format == kFormatPcm && bits >= 1 && bits <= 32) {
      constexpr std::array by_bytes{PcmEncoding::u8, PcmEncoding::s16le, PcmEncoding::s24le,
                                    PcmEncoding::s32le};
      found = by_bytes[static_cast<std::size_t>((bits - 1) / 8)];
    }
    if (format == kFormatFloat && bits == 32) found = PcmEncoding::f32le;
    if (format == kFormatFloat && bits == 64) found = PcmEncoding::f64le;
    const auto channels = static_cast<std::size_t>(header_.spec.channels);
    if (found && header_.bytes_per_frame != channels * bytes_per_sample(*found)) return std::nullopt;
    return found;
  }

  void read_list(std::uint64_t offset, std::uint64_t size) {
    if (size < 4 || size > kMaxListBytes) return;
    std::vector<std::byte> list(size);
    if (read_at_(offset, list) != list.size() || !is(list, "INFO")) return;
    const Tags found = parse_info_tags(std::span(list).subspan(4));
    header_.tags.insert(header_.tags.end(), found.begin(), found.end());
  }

  [[nodiscard]] std::optional<std::uint64_t> sound_bytes(std::uint64_t declared) const {
    if (rf64_ && declared == kSizeIn64 && data_bytes_64_ > 0 && data_bytes_64_ < kMax64)
      return data_bytes_64_;
    // A recorder that was killed leaves 0. It is believed only if something else follows the sound.
    const bool more_follows = is_credible_chunk_size(riff_bytes_) && riff_bytes_ + 8 > header_.data_offset;
    if (declared == 0 && !more_follows) return std::nullopt;
    if (!is_credible_chunk_size(declared)) return std::nullopt;
    return declared;
  }

  const ReadAt& read_at_;
  const std::string& name_;
  WavHeader header_;
  bool rf64_ = false;
  bool has_fmt_ = false;
  std::uint64_t riff_bytes_ = 0;
  std::uint64_t data_bytes_64_ = 0;
};

}  // namespace

std::optional<WavHeader> read_wav_header(const ReadAt& read_at, LookBehindSound behind,
                                         const std::string& name) {
  return Parser(read_at, name).parse(behind);
}

bool is_credible_chunk_size(std::uint64_t size) {
  constexpr std::uint64_t kNear = 0x10000;
  const bool near_2_gib = size >= 0x80000000 - kNear && size < 0x80000000 + kNear;
  const bool near_4_gib = size >= 0x100000000 - kNear && size <= 0xFFFFFFFF;
  return !near_2_gib && !near_4_gib;
}

}  // namespace ictus::audio
