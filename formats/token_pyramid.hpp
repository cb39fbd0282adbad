// Reading and writing of the token-pyramid format (.mars), see SPEC.md, part III.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/blocks.hpp"
#include "formats/pyramid_shape.hpp"
#include "formats/token_prior.hpp"

namespace ictus::formats {

/// The version of the format that is written, and the only one that is read.
inline constexpr std::uint8_t kTokenPyramidVersion = kTokenPyramidFormat.version;

/// What a generated sound was asked to be.
struct NoteLabel {
  std::string family;         ///< "flute", at most 64 bytes of UTF-8; empty: any
  std::uint8_t pitch = 0;     ///< MIDI number, 0 .. 127
  std::uint8_t velocity = 0;  ///< 0 .. 127
  std::string instrument{};   ///< of the family, "alto-sax", as long at most; empty: any
  bool operator==(const NoteLabel&) const = default;
};

/// What stands in the first block of a file: all that decoding needs.
struct TokenPyramidHeader {
  std::uint32_t sample_rate_hz = 16000;  ///< of the decoded sound
  std::uint32_t original_sample_rate_hz = 16000;
  std::uint16_t original_channels = 1;
  PyramidShape shape;
  /// Level that a sine of full scale has in this file, in tenths of a dB: levels are on the scale of the
  /// model's spectrogram, see full_scale_db().
  std::int16_t full_scale_centibels = 223;
  std::string model_id;               ///< human-readable, "mars-1"
  WeightsHash weights_hash{};         ///< XXH3-128 of the weights file
  std::optional<NoteLabel> label;     ///< of a generated sound
  std::optional<std::uint64_t> seed;  ///< of a generated sound
  /// (field, value), UTF-8, in order. A field is not empty and holds no '=' and no control character.
  std::vector<std::pair<std::string, std::string>> tags;
  bool operator==(const TokenPyramidHeader&) const = default;
};

/// One clip: consecutive clips follow each other without a gap.
struct TokenClip {
  std::uint16_t columns = 0;  ///< 1 .. clip_columns; it covers columns * column_samples() samples
  /// Of the loudest place of the model's spectrogram, -99.5 to 27.5 in steps of 0.5; nothing: silence. That
  /// is not dB re full scale: see full_scale_db().
  std::optional<float> spectral_level_db;
  /// Tokens row by row, coarse first; one vector for each scale of the shape. Fewer at the end of a
  /// damaged file; none when the clip is silent.
  std::vector<std::vector<std::uint16_t>> scales;
  bool operator==(const TokenClip&) const = default;
};

/// What stands in the last block: totals that are known only at the end.
struct TokenPyramidTotals {
  std::uint64_t clips = 0;
  /// Exact, at sample_rate_hz. It ends within the last clip; 0 when there are no clips.
  std::uint64_t length_samples = 0;
  std::uint64_t original_length_samples = 0;  ///< exact, per channel, at original_sample_rate_hz
  bool operator==(const TokenPyramidTotals&) const = default;
};

/// The level a clip has after it was written and read; nothing below -99.5 dB. Levels above 27.5 dB
/// saturate; throws ictus::Error when it is not a number.
[[nodiscard]] std::optional<float> quantised_level_db(float spectral_level_db);

/// A clip's level as people are told it, in dB re full scale: a sine that just fills the scale has 0.
[[nodiscard]] double full_scale_db(float spectral_level_db, const TokenPyramidHeader& header);

/// How far a pyramid reaches, counted alike by writer and reader.
struct PyramidExtent {
  std::uint64_t clips = 0;
  std::uint64_t end_samples = 0;        ///< of all clips together
  std::uint64_t last_clip_samples = 0;  ///< 0 without clips
};

/// The prior that a stream is packed by. Throws ictus::Error where it is not at hand.
using FindPrior = std::function<std::shared_ptr<const TokenPrior>(const PriorId&)>;

/// Writes a stream: header at once, then each clip as it comes, flushed to the sink as one call. Every
/// function throws ictus::Error, before anything of the clip is written, when its argument cannot stand
/// in a file. A stream without finish() counts as cut short.
class TokenPyramidWriter {
 public:
  /// Packs tokens by `prior`, which has to be for the header's weights; without one, and where it expects
  /// others, every token takes the same number of bits.
  TokenPyramidWriter(const TokenPyramidHeader& header, ByteSink sink,
                     std::shared_ptr<const TokenPrior> prior = {});
  /// A whole clip: all scales, every token below the codebook's size; or silence, without scales. Only
  /// the last may have fewer columns than clip_columns.
  void write(const TokenClip& clip);
  /// Writes the end block. `totals.clips` is filled in by the writer.
  void finish(TokenPyramidTotals totals);
  [[nodiscard]] std::uint64_t bytes_written() const { return blocks_.bytes_written(); }

 private:
  std::shared_ptr<const TokenPrior> prior_;
  BlockWriter blocks_;
  PyramidShape shape_;
  PyramidExtent extent_;
};

/// Reads a stream clip by clip, in constant memory. It asks the source for no byte beyond the clip
/// it returns, so a live stream is not held up.
class TokenPyramidReader {
 public:
  /// Reads and checks the header block. Throws ictus::Error when this is no token pyramid, is of a
  /// later version, or when its header is damaged.
  explicit TokenPyramidReader(ByteSource source, FindPrior find_prior = {});
  [[nodiscard]] const TokenPyramidHeader& header() const { return header_; }
  /// The next whole clip, or nothing after the end block. Throws ictus::DamagedInput, with block number
  /// and byte offset in its message, at the first block that is cut short or damaged; clips returned
  /// before are sound. Throws ictus::Error at a critical block of an unknown kind.
  [[nodiscard]] std::optional<TokenClip> next();
  /// After next() has thrown: the scales of the unfinished clip that came before the damage; nothing
  /// when there are none.
  [[nodiscard]] const std::optional<TokenClip>& unfinished() const { return unfinished_; }
  /// Totals from the end block; empty until next() has returned nothing.
  [[nodiscard]] const std::optional<TokenPyramidTotals>& totals() const { return totals_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return blocks_.bytes_read(); }
  /// What the clips so far were packed by; null for none.
  [[nodiscard]] const TokenPrior* prior() const { return prior_.get(); }
  /// Bytes of the blocks of each scale so far, framing included.
  [[nodiscard]] const std::vector<std::uint64_t>& scale_bytes() const { return scale_bytes_; }

 private:
  void read_header(const std::vector<std::uint8_t>& content);
  void read_prior(std::span<const std::uint8_t> content);
  void read_scale(std::size_t scale, std::span<const std::uint8_t> content, const TokenPrior* prior);
  TokenClip read_clip_head(std::span<const std::uint8_t>& content);
  void read_end(std::span<const std::uint8_t> content);

  BlockReader blocks_;
  FindPrior find_prior_;
  TokenPyramidHeader header_;
  std::shared_ptr<const TokenPrior> prior_;  ///< once it was named
  std::optional<TokenClip> unfinished_;      ///< the clip of which some scales have been read
  std::optional<TokenPyramidTotals> totals_;
  std::vector<std::uint64_t> scale_bytes_;
  PyramidExtent extent_;
  bool failed_ = false;
};

}  // namespace ictus::formats
