#include "models/judges/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/require.hpp"

namespace ictus::models {

std::vector<std::string> JudgeConfig::classes() const {
  if (question == "family") return families;
  std::vector<std::string> pitches;
  for (int pitch = lowest_pitch; pitch <= highest_pitch; ++pitch) pitches.push_back(std::to_string(pitch));
  return pitches;
}

std::optional<std::size_t> JudgeConfig::class_of(const std::string& family, int pitch) const {
  if (question == "family") {
    const auto found = std::find(families.begin(), families.end(), family);
    if (found == families.end()) return std::nullopt;
    return static_cast<std::size_t>(found - families.begin());
  }
  if (pitch < lowest_pitch || pitch > highest_pitch) return std::nullopt;
  return static_cast<std::size_t>(pitch - lowest_pitch);
}

int JudgeConfig::last_bands() const {
  int left = bands;
  for (const int step : band_steps) left = (left + step - 1) / step;
  return left;
}

void check(const JudgeConfig& c) {
  require(c.question == "family" || c.question == "pitch",
          fmt::format("question is '{}', and must be 'family' or 'pitch'", c.question));
  require(!c.families.empty() && c.families.size() <= 256, "families must name 1 to 256 families");
  for (const std::string& family : c.families) {
    require(!family.empty() && family.size() <= 64, "the name of a family must have 1 to 64 bytes");
    require(std::count(c.families.begin(), c.families.end(), family) == 1,
            fmt::format("families names '{}' more than once", family));
  }
  require_within("lowest_pitch", c.lowest_pitch, 0, 127);
  require_within("highest_pitch", c.highest_pitch, c.lowest_pitch, 127);
  require_within("sample_rate_hz", c.sample_rate_hz, 8000, 192000);
  require_within("clip_samples", c.clip_samples, 1024, 1 << 22);
  require_within("window_samples", c.window_samples, 64, 1 << 14);
  require_within("hop_samples", c.hop_samples, 16, c.window_samples / 2);
  require_divides("hop_samples", c.hop_samples, "clip_samples", c.clip_samples);
  require_within("bands_per_octave", c.bands_per_octave, 1, 96);
  require_within("bands", c.bands, 8, 1024);
  require(c.lowest_hz >= 1.0, fmt::format("lowest_hz is {}, and must be 1 or more", c.lowest_hz));
  require(c.lowest_hz * std::pow(2.0, static_cast<double>(c.bands) / c.bands_per_octave) <=
              0.5 * c.sample_rate_hz,
          "the bands reach beyond half the sample rate");
  require(c.range_db >= 20.0 && c.range_db <= 160.0,
          fmt::format("range_db is {}, and must be from 20 to 160", c.range_db));
  require(!c.channels.empty() && c.channels.size() <= 8, "channels must name 1 to 8 levels");
  require(c.band_steps.size() == c.channels.size() && c.frame_steps.size() == c.channels.size() &&
              c.blocks.size() == c.channels.size(),
          "channels, band_steps, frame_steps and blocks must name as many levels");
  for (std::size_t i = 0; i < c.channels.size(); ++i) {
    require_within("the channels of a level", c.channels[i], 8, 1024);
    require(c.channels[i] % 8 == 0,
            fmt::format("the channels of a level ({}) must be a multiple of 8", c.channels[i]));
    require_within("a band step", c.band_steps[i], 1, 4);
    require_within("a frame step", c.frame_steps[i], 1, 4);
    require_within("the blocks of a level", c.blocks[i], 0, 16);
  }
  require_within("embedding_size", c.embedding_size, 1, 4096);
}

}  // namespace ictus::models
