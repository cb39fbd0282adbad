// A stretch of sound in all the forms in which events are looked for in it.
#pragma once

#include <span>
#include <vector>

#include "lib/analysis/propose.hpp"
#include "lib/analysis/target.hpp"

namespace ictus::analysis {

struct Stretch {
  /// Mono samples at 44.1 kHz; silence before and after.
  explicit Stretch(std::span<const float> samples, const Target::Weights& weights = {});
  Stretch(const Stretch&) = delete;  // `map` points into it
  Stretch& operator=(const Stretch&) = delete;

  int frames;
  std::vector<float> bins;  ///< [frames, bins] powers
  BinMap map;               ///< of these
  PowerMaps nothing;        ///< no power, for where nothing is carried
  Target target;
};

}  // namespace ictus::analysis
