// How much louder one sound is than another, as a whole or between two frequencies.
#pragma once

#include <span>

namespace ictus::metrics {

/// The root mean square of `test` over that of `reference`, in dB; both mono, cut to the shorter length.
/// Silence is 0 dB from silence, any sound infinitely far above it, and silence infinitely far below any
/// sound. Throws ictus::Error if a signal has no samples.
[[nodiscard]] double level_difference_db(std::span<const float> reference, std::span<const float> test);

/// The same of the power between two frequencies alone, in frames of 2048 samples with a hop of 512.
/// Throws ictus::Error if a signal has no samples, or the band is empty or reaches beyond Nyquist.
[[nodiscard]] double band_level_difference_db(std::span<const float> reference, std::span<const float> test,
                                              int sample_rate_hz, double lowest_hz, double highest_hz);

}  // namespace ictus::metrics
