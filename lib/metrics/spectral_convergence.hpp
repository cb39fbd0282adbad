// Spectral convergence: how far magnitudes are from others, the loudest first.
#pragma once

#include <span>

namespace ictus::metrics {

/// ||X - Y|| / ||X|| of the magnitudes X of `reference` and Y of `test` in frames of 2048 samples with a hop
/// of 512; 0 is alike, 1 is as far as silence. Both mono, cut to the shorter length. A silent reference has
/// no norm: 0 for a silent test, infinite for any other. Throws ictus::Error if a signal has no samples.
[[nodiscard]] double spectral_convergence(std::span<const float> reference, std::span<const float> test);

}  // namespace ictus::metrics
