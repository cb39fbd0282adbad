// Changes to the images that judges learn from.
#pragma once

#include <random>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::train {

/// What an image's numbers mean, and how much they may change.
struct Equaliser {
  int bands_per_octave = 24;
  double range_db = 70.0;  ///< from -1 to 1
  double most_db = 12.0;   ///< of a bump
};

/// An image [1, 1, bands, frames] in which some bands are louder and some softer, as of an instrument of the
/// same kind with another body, in another place or before another microphone: two to five smooth bumps, up
/// or down, a quarter of an octave to two octaves wide. The loudest place is 1 again, and what was silent,
/// -1, stays so.
[[nodiscard]] torch::Tensor equalised(const torch::Tensor& image, std::mt19937_64& random,
                                      const Equaliser& by);

}  // namespace ictus::train
