// Tones that stand out of an explanation by noise.
#pragma once

#include "lib/synthesis/band_view.hpp"

namespace ictus::analysis {

/// Whether there is a band of the fine view in which the sound is louder than explained, for some moments and
/// by far more than in the bands around it. Noise that is explained by its mean power fluctuates less.
bool has_line(const synthesis::PowerMap& sound, const synthesis::PowerMap& explained, float loudest);

}  // namespace ictus::analysis
