#include "models/mars/config.hpp"

#include <fmt/format.h>

#include "models/require.hpp"

namespace ictus::models {

formats::PyramidShape TokenizerConfig::shape() const {
  formats::PyramidShape shape;
  shape.clip_samples = static_cast<std::uint32_t>(clip_samples());
  shape.clip_columns = static_cast<std::uint16_t>(latent_columns());
  shape.codebook_size = static_cast<std::uint32_t>(codebook_size);
  for (const auto& [rows, columns] : scales)
    shape.scales.push_back({static_cast<std::uint16_t>(rows), static_cast<std::uint16_t>(columns)});
  return shape;
}

void check(const TokenizerConfig& c) {
  require_within("sample_rate_hz", c.sample_rate_hz, 8000, 192000);
  require_within("window_samples", c.window_samples, 64, 1 << 14);
  require((c.window_samples & (c.window_samples - 1)) == 0,
          fmt::format("window_samples ({}) must be a power of 2", c.window_samples));
  require_within("hop_samples", c.hop_samples, 16, c.window_samples / 2);
  require_divides("hop_samples", c.hop_samples, "window_samples", c.window_samples);
  require_within("clip_frames", c.clip_frames, 4, 1 << 12);
  require(c.range_db >= 20.0 && c.range_db <= 160.0,
          fmt::format("range_db is {}, and must be from 20 to 160", c.range_db));
  require(!c.cmx_regions.empty() && c.cmx_regions.size() <= 16, "cmx_regions must name 1 to 16 regions");
  int bins = 0;
  for (const FrequencyRegion& region : c.cmx_regions) {
    require_within("the bins of a region", region.bins, 1, c.bins());
    require_within("the rows of a region", region.rows, 1, region.bins);
    require_divides("the rows of a region", region.rows, "its bins", region.bins);
    bins += region.bins;
  }
  require(bins == c.bins(), fmt::format("the regions have {} bins in all, and must have {}", bins, c.bins()));
  require(c.outer_rows() % 2 == 0,
          fmt::format("the regions become {} rows in all, which must be an even number", c.outer_rows()));
  require(!c.truncate || c.cmx_regions.size() == 1, "truncate works with one region only");
  require_within("cmx_columns", c.cmx_columns, 1, c.clip_frames / 2);
  require_divides("twice cmx_columns", 2 * c.cmx_columns, "clip_frames", c.clip_frames);
  for (const auto& [name, channels] :
       {std::pair{"outer_channels", c.outer_channels}, std::pair{"inner_channels", c.inner_channels}}) {
    require_within(name, channels, 8, 2048);
    require(channels % 8 == 0, fmt::format("{} ({}) must be a multiple of 8", name, channels));
  }
  require_within("encoder_outer_blocks", c.encoder_outer_blocks, 0, 64);
  require_within("decoder_outer_blocks", c.decoder_outer_blocks, 0, 64);
  require_within("encoder_blocks", c.encoder_blocks, 0, 64);
  require_within("decoder_blocks", c.decoder_blocks, 0, 64);
  require_within("attention_heads", c.attention_heads, 0, c.inner_channels);
  if (c.attention_heads > 0)
    require_divides("attention_heads", c.attention_heads, "inner_channels", c.inner_channels);
  require_within("full_band_channels", c.full_band_channels, 0, 1024);
  require_within("full_band_hidden", c.full_band_hidden, 1, 1 << 14);
  require_within("code_size", c.code_size, 1, 1024);
  require_within("codebook_size", c.codebook_size, 2, 1 << 16);
  require(!c.scales.empty() && c.scales.size() <= 32, "scales must name 1 to 32 grids");
  for (const auto& [rows, columns] : c.scales) {
    require_within("the rows of a scale", rows, 1, c.latent_rows());
    require_within("the columns of a scale", columns, 1, c.latent_columns());
  }
  for (std::size_t i = 1; i < c.scales.size(); ++i)
    require(c.scales[i][0] >= c.scales[i - 1][0] && c.scales[i][1] >= c.scales[i - 1][1],
            "scales must come coarse first");
}

}  // namespace ictus::models
