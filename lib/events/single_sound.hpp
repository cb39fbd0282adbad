// Whether a stretch of sound is one sound.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::events {

/// From 0, for speech and music of many parts, to 1, for a single held or struck note: by the share of the
/// energy of `fine` [1, bands, T] that one spectrum with one envelope would hold, the square of its
/// magnitudes' largest singular value. 0 for silence.
double likeness_to_single_sound(const torch::Tensor& fine);

}  // namespace ictus::events
