// Everything that shapes a tokenizer. It travels inside the weights file; facts that follow from it are
// functions, never constants repeated elsewhere.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "formats/pyramid_shape.hpp"

namespace ictus::models {

/// Neighbouring frequencies, and how many of them channel multiplexing puts into one place.
struct FrequencyRegion {
  int bins = 0;
  int rows = 1;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(FrequencyRegion, bins, rows)

struct TokenizerConfig {
  std::string id = "mars-1";
  int sample_rate_hz = 16000;
  int window_samples = 1024;
  int hop_samples = 256;
  int clip_frames = 256;
  double range_db = 70.0;  ///< what lies further below a clip's loudest place counts as silence

  /// From the lowest frequency up. Smaller cells below, where the ear tells frequencies apart best, give
  /// these more tokens; nothing is lost anywhere.
  std::vector<FrequencyRegion> cmx_regions = {{128, 8}, {128, 16}, {256, 32}};
  int cmx_columns = 8;    ///< neighbouring frames that become channels
  bool truncate = false;  ///< drop instead of multiplexing, the control of the ablation; one region only

  int outer_channels = 96;   ///< of the network at the multiplexed size
  int inner_channels = 192;  ///< of the network at half of that, where the tokens are
  int encoder_outer_blocks = 0;
  int decoder_outer_blocks = 1;
  int encoder_blocks = 2;
  int decoder_blocks = 2;
  int attention_heads = 4;  ///< 0: no attention
  /// Channels and hidden units of the paths on which a column's whole spectrum is seen and drawn at once: the
  /// partials of a note are a comb, which small convolutions can only blur. 0 channels: no such paths.
  int full_band_channels = 32;
  int full_band_hidden = 512;

  int code_size = 32;
  int codebook_size = 2048;
  bool cosine_search = true;  ///< nearest code by cosine; otherwise by Euclidean distance
  /// {rows, columns} of each scale, coarse first.
  std::vector<std::array<int, 2>> scales = {{1, 1}, {2, 2}, {4, 3}, {6, 4}, {8, 6}, {12, 8}, {16, 14}};

  /// Frequencies of the image: the highest bin is left out, so that their number is a power of 2.
  [[nodiscard]] int bins() const { return window_samples / 2; }
  [[nodiscard]] int clip_samples() const { return clip_frames * hop_samples; }
  /// Smallest amplitude that counts, as part of a clip's largest.
  [[nodiscard]] double floor() const { return std::pow(10.0, -range_db / 20.0); }
  /// Level that a sine of full scale has among the magnitudes, in dB: under a Hann window whose squares sum
  /// to 1, a sine's bin has window / 6 times the square of its amplitude.
  [[nodiscard]] double full_scale_db() const { return 10.0 * std::log10(window_samples / 6.0); }
  /// Size of the multiplexed image.
  [[nodiscard]] int outer_rows() const {
    int rows = 0;
    for (const FrequencyRegion& region : cmx_regions) rows += region.bins / region.rows;
    return rows;
  }
  /// Size of the grid that the codes are added up on.
  [[nodiscard]] int latent_rows() const { return outer_rows() / 2; }
  [[nodiscard]] int latent_columns() const { return clip_frames / cmx_columns / 2; }
  [[nodiscard]] int column_frames() const { return clip_frames / latent_columns(); }
  [[nodiscard]] formats::PyramidShape shape() const;
};

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(TokenizerConfig, id, sample_rate_hz, window_samples,
                                                hop_samples, clip_frames, range_db, cmx_regions, cmx_columns,
                                                truncate, outer_channels, inner_channels,
                                                encoder_outer_blocks, decoder_outer_blocks, encoder_blocks,
                                                decoder_blocks, attention_heads, full_band_channels,
                                                full_band_hidden, code_size, codebook_size, cosine_search,
                                                scales)

/// Throws ictus::Error that names the first value that makes no sense.
void check(const TokenizerConfig& config);

}  // namespace ictus::models
