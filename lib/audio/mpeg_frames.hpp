// The frames of MPEG audio (layers I to III, MPEG 1, 2 and 2.5), found by their headers alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/audio/byte_range.hpp"

namespace ictus::audio {

struct MpegHeader {
  int version = 0;  ///< 1 and 2 are MPEG 1 and 2, 3 is MPEG 2.5
  int layer = 0;
  int sample_rate_hz = 0;
  int channels = 0;
  bool has_checksum = false;
  bool is_padded = false;
  bool is_free_format = false;  ///< its size is not in the header
  std::size_t frame_bytes = 0;  ///< with the header; 0 if it is not known
  int samples = 0;              ///< of each channel

  [[nodiscard]] std::size_t side_info_offset() const { return has_checksum ? 6 : 4; }
  [[nodiscard]] std::size_t side_info_bytes() const;
};

constexpr std::size_t kMpegHeaderBytes = 4;

/// Nothing if these bytes are no header.
std::optional<MpegHeader> parse_mpeg_header(std::span<const std::byte> bytes);

/// What frame 0 of many files says of the whole (Xing, Info, VBRI), in place of sound.
struct MpegInfo {
  std::optional<std::uint64_t> frames;  ///< without this one
  std::optional<std::uint64_t> bytes;   ///< with this one
  /// What the encoder added, in samples.
  std::optional<std::uint64_t> delay;
  std::uint64_t padding = 0;
  std::optional<std::uint16_t> checksum;  ///< of all frames that follow
};

std::optional<MpegInfo> parse_mpeg_info(const MpegHeader& header, std::span<const std::byte> frame);

/// What the side information of a layer III frame says of where its sound lies.
struct MpegSideInfo {
  std::size_t bytes_before = 0;  ///< of its sound that lie in earlier frames
  std::size_t sound_bits = 0;
  std::size_t own_bytes = 0;  ///< of this frame that can hold sound
  bool is_possible = true;
};

MpegSideInfo parse_side_info(const MpegHeader& header, std::span<const std::byte> frame);

/// The checksum in MpegInfo, carried on from `before` (at first 0).
std::uint16_t mpeg_checksum(std::uint16_t before, std::span<const std::byte> bytes);

/// Goes through a file from frame to frame.
class MpegFrames {
 public:
  struct Frame {
    MpegHeader header;
    std::vector<std::byte> bytes;
    std::uint64_t offset = 0;
    std::uint64_t skipped_bytes = 0;          ///< in front of it, that are neither frame nor tag
    std::optional<std::uint64_t> tag_offset;  ///< of the first tag in front of it
  };

  explicit MpegFrames(const ByteRange& file);

  /// Nothing at the end.
  std::optional<Frame> next();
  /// After the end: what is there of a last frame, and bytes behind the last frame that are neither frame nor
  /// tag.
  [[nodiscard]] std::uint64_t unfinished_bytes() const { return unfinished_bytes_; }
  [[nodiscard]] std::uint64_t left_over_bytes() const { return left_over_bytes_; }
  /// Whether those are all 0.
  [[nodiscard]] bool is_left_over_blank() const { return is_left_over_blank_; }
  /// Where the tags at the end of the file begin.
  [[nodiscard]] std::uint64_t end() const { return end_; }

 private:
  struct Run {
    int frames = 0;
    bool is_at_end = false;  ///< nothing but the end or a tag follows
  };

  std::span<const std::byte> view(std::uint64_t offset, std::size_t size);
  std::optional<MpegHeader> header_at(std::uint64_t offset);
  std::size_t measure_free_format(std::uint64_t offset);
  bool is_tag_at(std::uint64_t offset);
  Run run_at(std::uint64_t offset, int most);
  bool can_follow(const MpegHeader& header, std::uint64_t offset);
  std::optional<std::uint64_t> find(std::uint64_t from);
  bool is_blank(std::uint64_t from);

  ByteRange file_;
  std::uint64_t end_;  ///< of what is not tags
  std::uint64_t at_ = 0;
  std::optional<MpegHeader> last_;
  std::size_t free_format_bytes_ = 0;  ///< of a frame without padding
  std::vector<std::byte> buffer_;
  std::uint64_t buffer_at_ = 0;
  std::uint64_t unfinished_bytes_ = 0;
  std::uint64_t left_over_bytes_ = 0;
  bool is_left_over_blank_ = false;
};

/// Whether MPEG frames follow each other within the first bytes of a file.
bool holds_mpeg_frames(const ByteRange& file);

}  // namespace ictus::audio
