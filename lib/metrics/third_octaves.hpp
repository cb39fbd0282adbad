// Power in thirds of an octave over time: as coarse as loudness is heard, in pitch and in time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ictus::metrics {

/// Powers of blocks of four frames of 2048 samples with a hop of 512: 93 ms at 22.05 kHz, 128 ms at 16 kHz.
struct ThirdOctaves {
  std::size_t bands = 0;
  std::vector<double> powers;  ///< block after block, each from the lowest band to the highest
};

/// Bands lie between 50 Hz x 2^(k/3), up to 10.16 kHz or below Nyquist; one that is narrower than the
/// distance of bins has the power of the bin nearest to its middle. Only whole blocks count, unless there is
/// none: a signal of less than 1536 samples is one block. Keeps 2 kB for each second. Throws ictus::Error
/// when there are no samples, or no band below Nyquist.
[[nodiscard]] ThirdOctaves third_octaves(std::span<const float> signal, int sample_rate_hz);

}  // namespace ictus::metrics
