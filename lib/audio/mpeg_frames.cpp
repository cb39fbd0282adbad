#include "lib/audio/mpeg_frames.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "lib/audio/tag_places.hpp"

namespace ictus::audio {
namespace {

constexpr std::uint64_t kMostJunkBytes = 1 << 20;  ///< that are searched for a first frame
constexpr std::size_t kMostFrameBytes = 8192;      ///< in free format; others are shorter

unsigned byte_at(std::span<const std::byte> bytes, std::size_t at) {
  return at < bytes.size() ? std::to_integer<unsigned>(bytes[at]) : 0;
}

std::uint32_t big_endian(std::span<const std::byte> bytes, std::size_t at) {
  return byte_at(bytes, at) << 24 | byte_at(bytes, at + 1) << 16 | byte_at(bytes, at + 2) << 8 |
         byte_at(bytes, at + 3);
}

bool is_text_at(std::span<const std::byte> bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() && std::memcmp(&bytes[at], text.data(), text.size()) == 0;
}

/// In kbit/s, by the index in the header.
int bitrate(int version, int layer, unsigned index) {
  static constexpr std::array<std::array<int, 15>, 5> kRates{
      {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
       {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
       {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
       {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
       {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}}};
  const int row = version == 1 ? layer - 1 : layer == 1 ? 3 : 4;
  return kRates[static_cast<std::size_t>(row)][index];
}

/// Bits from a frame, the highest of each byte first.
class Bits {
 public:
  Bits(std::span<const std::byte> bytes, std::size_t byte) : bytes_(bytes), at_(8 * byte) {}
  std::size_t take(int count) {
    std::size_t value = 0;
    for (int i = 0; i < count; ++i, ++at_)
      value = value << 1 | (byte_at(bytes_, at_ / 8) >> (7 - at_ % 8) & 1U);
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_;
};

/// Whether a frame can follow another in one stream.
bool is_same_stream(const MpegHeader& a, const MpegHeader& b) {
  return a.version == b.version && a.layer == b.layer && a.sample_rate_hz == b.sample_rate_hz &&
         a.is_free_format == b.is_free_format;
}

}  // namespace

std::size_t MpegHeader::side_info_bytes() const {
  if (layer != 3) return 0;
  return version == 1 ? (channels == 1 ? 17 : 32) : (channels == 1 ? 9 : 17);
}

std::optional<MpegHeader> parse_mpeg_header(std::span<const std::byte> bytes) {
  const std::uint32_t bits = big_endian(bytes, 0);
  const unsigned version = bits >> 19 & 3;
  const unsigned layer = bits >> 17 & 3;
  const unsigned rate_index = bits >> 12 & 15;
  const unsigned frequency = bits >> 10 & 3;
  if (bytes.size() < kMpegHeaderBytes || bits >> 21 != 0x7FF || version == 1 || layer == 0 ||
      rate_index == 15 || frequency == 3 || (bits & 3) == 2)
    return std::nullopt;
  MpegHeader header;
  header.version = version == 3 ? 1 : version == 2 ? 2 : 3;
  header.layer = 4 - static_cast<int>(layer);
  header.has_checksum = (bits >> 16 & 1) == 0;
  constexpr std::array kFrequencies{44100, 48000, 32000};
  header.sample_rate_hz = kFrequencies[frequency] >> (header.version - 1);
  header.is_padded = (bits >> 9 & 1) != 0;
  header.channels = (bits >> 6 & 3) == 3 ? 1 : 2;
  header.is_free_format = rate_index == 0;
  header.samples = header.layer == 1 ? 384 : header.layer == 3 && header.version != 1 ? 576 : 1152;
  const std::size_t padding = header.is_padded ? 1 : 0;
  const auto bits_per_second =
      static_cast<std::size_t>(1000 * bitrate(header.version, header.layer, rate_index));
  const auto rate = static_cast<std::size_t>(header.sample_rate_hz);
  if (header.is_free_format) return header;
  header.frame_bytes = header.layer == 1
                           ? (12 * bits_per_second / rate + padding) * 4
                           : static_cast<std::size_t>(header.samples) / 8 * bits_per_second / rate + padding;
  return header;
}

std::optional<MpegInfo> parse_mpeg_info(const MpegHeader& header, std::span<const std::byte> frame) {
  if (header.layer != 3) return std::nullopt;
  constexpr std::size_t kVbriOffset = 36;
  if (is_text_at(frame, kVbriOffset, "VBRI"))
    return MpegInfo{big_endian(frame, kVbriOffset + 14), big_endian(frame, kVbriOffset + 10), {}, 0, {}};
  // Encoders do not agree whether a checksum moves it.
  std::size_t at = header.side_info_offset() + header.side_info_bytes();
  const auto is_info = [&](std::size_t offset) {
    return is_text_at(frame, offset, "Xing") || is_text_at(frame, offset, "Info");
  };
  if (!is_info(at)) at = kMpegHeaderBytes + header.side_info_bytes();
  if (!is_info(at)) return std::nullopt;
  MpegInfo info;
  const std::uint32_t flags = big_endian(frame, at + 4);
  at += 8;
  if ((flags & 1) != 0) {
    if (big_endian(frame, at) != 0) info.frames = big_endian(frame, at);
    at += 4;
  }
  if ((flags & 2) != 0) {
    if (big_endian(frame, at) != 0) info.bytes = big_endian(frame, at);
    at += 4;
  }
  if ((flags & 4) != 0) at += 100;
  if ((flags & 8) != 0) at += 4;
  // LAME's addition, which others make too: who made it, delay and padding, a checksum of the sound and of
  // itself.
  constexpr std::size_t kAdditionBytes = 36;
  if (frame.size() < at + kAdditionBytes || byte_at(frame, at) < ' ') return info;
  const std::uint32_t both = big_endian(frame, at + 20) & 0xFFFFFF;
  info.delay = both >> 12;
  info.padding = both & 0xFFF;
  const auto own_checksum = static_cast<std::uint16_t>(big_endian(frame, at + 32) & 0xFFFF);
  if (own_checksum == mpeg_checksum(0, frame.first(at + 34)))
    info.checksum = static_cast<std::uint16_t>(big_endian(frame, at + 32) >> 16);
  return info;
}

std::uint16_t mpeg_checksum(std::uint16_t before, std::span<const std::byte> bytes) {
  static const auto table = [] {
    std::array<unsigned, 256> made{};
    for (unsigned i = 0; i < made.size(); ++i) {
      made[i] = i;
      for (int bit = 0; bit < 8; ++bit) made[i] = made[i] >> 1 ^ ((made[i] & 1) != 0 ? 0xA001U : 0U);
    }
    return made;
  }();
  unsigned crc = before;
  for (const std::byte byte : bytes) crc = crc >> 8 ^ table[(crc ^ std::to_integer<unsigned>(byte)) & 0xFF];
  return static_cast<std::uint16_t>(crc);
}

MpegSideInfo parse_side_info(const MpegHeader& header, std::span<const std::byte> frame) {
  MpegSideInfo info;
  const std::size_t begin = header.side_info_offset() + header.side_info_bytes();
  info.own_bytes = frame.size() - std::min(frame.size(), begin);
  const bool is_first_version = header.version == 1;
  Bits bits(frame, header.side_info_offset());
  info.bytes_before = bits.take(is_first_version ? 9 : 8);
  if (is_first_version) {
    bits.take(header.channels == 1 ? 5 : 3);
    bits.take(4 * header.channels);
  } else {
    bits.take(header.channels == 1 ? 1 : 2);
  }
  const int granules = is_first_version ? 2 : 1;
  for (int i = 0; i < granules * header.channels; ++i) {
    info.sound_bits += bits.take(12);
    constexpr std::size_t kMostPairs = 288;
    if (bits.take(9) > kMostPairs) info.is_possible = false;
    bits.take(is_first_version ? 8 + 4 : 8 + 9);
    bits.take(1 + 22);
    bits.take(is_first_version ? 3 : 2);
  }
  if (info.sound_bits > 8 * (info.bytes_before + info.own_bytes)) info.is_possible = false;
  return info;
}

MpegFrames::MpegFrames(const ByteRange& file) : file_(file), end_(end_before_tags(file)) {}

std::span<const std::byte> MpegFrames::view(std::uint64_t offset, std::size_t size) {
  if (offset >= end_) return {};
  size = std::min<std::uint64_t>(size, end_ - offset);
  if (offset < buffer_at_ || offset + size > buffer_at_ + buffer_.size()) {
    constexpr std::size_t kAtOnce = 1 << 17;
    buffer_.resize(std::max(size, kAtOnce));
    buffer_.resize(file_.read_at(offset, buffer_));
    buffer_at_ = offset;
  }
  return std::span<const std::byte>(buffer_).subspan(offset - buffer_at_,
                                                     std::min(size, buffer_.size() - (offset - buffer_at_)));
}

std::optional<MpegHeader> MpegFrames::header_at(std::uint64_t offset) {
  auto header = parse_mpeg_header(view(offset, kMpegHeaderBytes));
  if (!header || !header->is_free_format) return header;
  if (free_format_bytes_ == 0) return std::nullopt;
  header->frame_bytes = free_format_bytes_ + (header->is_padded ? (header->layer == 1 ? 4 : 1) : 0);
  return header;
}

/// Bytes of a frame without padding: how far it is to the next header of the kind, and as far again from
/// there; 0 if there is none.
std::size_t MpegFrames::measure_free_format(std::uint64_t offset) {
  const auto first = parse_mpeg_header(view(offset, kMpegHeaderBytes));
  if (!first || !first->is_free_format) return 0;
  const auto padding_of_kind = [&](std::uint64_t at) -> std::optional<std::size_t> {
    const auto next = parse_mpeg_header(view(at, kMpegHeaderBytes));
    if (!next || !is_same_stream(*next, *first)) return std::nullopt;
    return next->is_padded ? (next->layer == 1 ? 4 : 1) : 0;
  };
  const std::size_t own_padding = *padding_of_kind(offset);
  constexpr std::size_t kLeast = 24;
  for (std::size_t distance = kLeast; distance < kMostFrameBytes; ++distance) {
    const auto padding = padding_of_kind(offset + distance);
    if (!padding) continue;
    const std::size_t bytes = distance - own_padding;
    if (padding_of_kind(offset + distance + bytes + *padding)) return bytes;
  }
  return 0;
}

bool MpegFrames::is_tag_at(std::uint64_t offset) {
  const auto start = view(offset, 3);
  return (is_text_at(start, 0, "ID3") || is_text_at(start, 0, "TAG") || is_text_at(start, 0, "APE")) &&
         tag_bytes_at(file_, offset) > 0;
}

/// The whole frames of one stream from here on, at most so many.
MpegFrames::Run MpegFrames::run_at(std::uint64_t offset, int most) {
  Run run;
  const auto first = header_at(offset);
  for (auto header = first; header && run.frames < most; header = header_at(offset)) {
    if (!is_same_stream(*header, *first)) return run;
    offset += header->frame_bytes;
    if (offset > end_) {
      run.is_at_end = run.frames > 0;
      return run;
    }
    ++run.frames;
  }
  run.is_at_end = run.frames > 0 && (offset == end_ || is_tag_at(offset));
  return run;
}

/// Whether what lies at `offset` can follow a frame: another of its stream, a tag, or the end.
bool MpegFrames::can_follow(const MpegHeader& header, std::uint64_t offset) {
  if (offset >= end_) return true;
  const auto next = header_at(offset);
  return next ? is_same_stream(*next, header) : is_tag_at(offset);
}

/// The next place from which frames follow each other, or where a tag is.
std::optional<std::uint64_t> MpegFrames::find(std::uint64_t from) {
  // Frames of another stream than the last have to be more until they are believed.
  constexpr int kOfLastStream = 2;
  constexpr int kOfOther = 4;
  const std::uint64_t last = last_ ? end_ : std::min(end_, from + kMostJunkBytes);
  for (std::uint64_t at = from; at < last; ++at) {
    if (last_ && is_tag_at(at)) return at;
    if (byte_at(view(at, 1), 0) != 0xFF) continue;
    const auto header = header_at(at);
    if (!header) continue;
    const Run run = run_at(at, kOfOther);
    const bool is_of_last = last_ && is_same_stream(*header, *last_);
    if (run.frames >= (is_of_last ? kOfLastStream : kOfOther)) return at;
    if (run.is_at_end && run.frames >= (is_of_last ? 1 : 2)) return at;
  }
  return std::nullopt;
}

bool MpegFrames::is_blank(std::uint64_t from) {
  for (std::uint64_t at = from; at < end_; ++at) {
    if (byte_at(view(at, 1), 0) != 0) return false;
  }
  return true;
}

std::optional<MpegFrames::Frame> MpegFrames::next() {
  Frame frame;
  while (at_ < end_) {
    if (!last_ && free_format_bytes_ == 0) free_format_bytes_ = measure_free_format(at_);
    const auto header = header_at(at_);
    if (!header && is_tag_at(at_)) {
      const std::uint64_t tag_at = at_;
      at_ += tag_bytes_at(file_, at_);
      if (!frame.tag_offset) frame.tag_offset = tag_at;
      continue;
    }
    bool is_next = header && last_ && is_same_stream(*header, *last_);
    if (header && !last_) {
      const Run run = run_at(at_, 2);
      is_next = run.frames == 2 || run.is_at_end;
    }
    if (is_next) {
      const std::uint64_t behind = at_ + header->frame_bytes;
      if (behind > end_) {
        unfinished_bytes_ = end_ - at_;
        at_ = end_;
        return std::nullopt;
      }
      // A header with an impossible length is damaged; one after which something else is damaged is not.
      const auto found = can_follow(*header, behind) ? std::nullopt : find(at_ + 1);
      if (!found || *found >= behind) {
        frame.header = *header;
        frame.offset = at_;
        const auto bytes = view(at_, header->frame_bytes);
        frame.bytes.assign(bytes.begin(), bytes.end());
        at_ = behind;
        last_ = header;
        return frame;
      }
    }
    const auto found = find(at_ + (is_next ? 1 : 0));
    if (!found) {
      left_over_bytes_ = end_ - at_ + frame.skipped_bytes;
      is_left_over_blank_ = is_blank(end_ - left_over_bytes_);
      at_ = end_;
      return std::nullopt;
    }
    frame.skipped_bytes += *found - at_;
    at_ = *found;
    if (const auto other = header_at(at_)) last_ = other;
  }
  return std::nullopt;
}

bool holds_mpeg_frames(const ByteRange& file) { return MpegFrames(file).next().has_value(); }

}  // namespace ictus::audio
