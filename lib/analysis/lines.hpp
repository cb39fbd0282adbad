// Tones that stand out of an explanation.
#pragma once

#include <optional>

#include "lib/synthesis/band_view.hpp"

namespace ictus::analysis {

/// A band of the fine view in which a sound is louder than explained, for some moments and by far more than
/// in the bands around it. Noise that is explained by its mean power fluctuates less.
struct Line {
  int band;
  int begin, end;   ///< frames
  float excess_db;  ///< beyond what noise may have
};

/// The one that stands out most, if there is any.
std::optional<Line> strongest_line(const synthesis::PowerMap& sound, const synthesis::PowerMap& explained,
                                   float loudest);

}  // namespace ictus::analysis
