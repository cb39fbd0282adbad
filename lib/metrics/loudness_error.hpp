// The loudness-weighted error: how far the levels of a sound are from those of another where it is loud.
#pragma once

#include <span>

namespace ictus::metrics {

struct LoudnessError {
  double mean_db = 0.0;  ///< of the amounts: at least 0, and 0 is alike
  double bias_db = 0.0;  ///< of the differences themselves: above 0 where the test is louder
};

/// Both signals are mono at `sample_rate_hz` and are cut to the shorter length. Levels are those of
/// third_octaves(), with a floor of 1e-7 of the reference's largest power below both; the difference of each
/// block and band is weighted with the reference's power to the 0.3, as loudness goes, and not at all where
/// that is 60 dB below its largest. So a band that nobody hears does not count, as it does in the log-mel
/// distance; but neither does what the test adds where the reference is silent, which only that one sees.
///
/// A silent reference has neither floor nor weights: both numbers are 0 for a silent test, infinite for any
/// other. Throws ictus::Error if a signal has no samples, and at rates below 126 Hz.
[[nodiscard]] LoudnessError loudness_error(std::span<const float> reference, std::span<const float> test,
                                           int sample_rate_hz = 22050);

}  // namespace ictus::metrics
