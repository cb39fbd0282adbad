// A stretch of sound in all the forms in which events are looked for in it.
#pragma once

#include <span>
#include <vector>

#include "lib/analysis/propose.hpp"
#include "lib/analysis/target.hpp"

namespace ictus::analysis {

/// A stretch within a longer sound.
struct Surroundings {
  int channels = 1;        ///< samples of them lie side by side; their powers add
  int context_frames = 0;  ///< hops of the fine view before and after the stretch, which its windows see
  float loudest = 0.0F;    ///< power of the loudest band and frame so far, see Target
};

struct Stretch {
  /// Samples at 44.1 kHz; silence before and after.
  explicit Stretch(std::span<const float> samples, const Target::Weights& weights = {},
                   const Surroundings& surroundings = {});
  Stretch(const Stretch&) = delete;  // `map` and `low` point into it
  Stretch& operator=(const Stretch&) = delete;

  int frames;
  std::vector<float> attacks_s;  ///< from its beginning, see attacks.hpp
  synthesis::PowerMap left;      ///< of the first of two channels, in fine bands; else none
  std::vector<float> bins;       ///< [frames, bins] powers
  BinMap map;                    ///< of these
  std::vector<float> low_bins;   ///< [frames, bins] powers in long windows, see low_pitch.hpp
  BinMap low;                    ///< of these
  PowerMaps nothing;             ///< no power, for where nothing is carried
  Target target;

 private:
  [[nodiscard]] PowerMaps seen(std::span<const float> samples, const Surroundings& surroundings);
};

}  // namespace ictus::analysis
