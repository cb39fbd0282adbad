// Phases for magnitudes without iteration: where the search for consistent ones begins.
#pragma once

#include <vector>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::dsp {

enum class StartingPhase {
  spread,     ///< an even spread, the same on every run; tells nothing of the sound
  peaks,      ///< advancing with the frequency of the nearest peak
  gradients,  ///< integrated along the phase gradient that the magnitudes imply
};

/// A frame whose phases are known, before those that are looked for.
struct KnownFrame {
  std::vector<float> magnitude;     ///< of each bin
  std::vector<float> centre_phase;  ///< at the frame's centre
};

/// The even spread: the golden ratio's multiples.
std::vector<float> spread_phases(std::int64_t bins);

/// Phases [T, bins] at the frames' centres of magnitudes [T, bins] of Hann windows.
///
/// peaks: single-pass spectrogram inversion (Beauregard, Harish and Wyse 2015). gradients: phase gradient
/// heap integration (Prusa, Balazs and Sondergaard 2017, algorithm 1), with the frame before as its left
/// edge.
torch::Tensor starting_phases(StartingPhase kind, const torch::Tensor& magnitudes, const KnownFrame& before,
                              std::int64_t window, std::int64_t hop);

}  // namespace ictus::dsp
