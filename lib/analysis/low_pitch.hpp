// Pitches so low that their partials lie too close together for the view in which events are fitted.
#pragma once

#include <optional>
#include <vector>

#include "lib/analysis/bin_map.hpp"

namespace ictus::analysis {

inline constexpr int kLowWindowSamples = 16384;  ///< 372 ms, which keeps partials apart from 11 Hz on

struct LowPitch {
  float hz;
  std::vector<float> spectrum;  ///< power in bins of the long window
};

/// What begins at frame `onset` has the pitch `hz` by its spectrum in short windows, `left` of `all`: a pitch
/// of 26 to 75 Hz that explains it better in long windows, `low`, if there is one.
std::optional<LowPitch> low_pitch(const BinMap& low, const BinMap& left, const BinMap& all, int onset,
                                  float hz);

}  // namespace ictus::analysis
