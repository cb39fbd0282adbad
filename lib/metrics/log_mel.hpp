// The log-mel distance: how far two sounds differ in what is heard of their spectra, in decibels.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace ictus::metrics {

/// One of the three resolutions of the measure. The hop is a quarter of the window.
struct LogMelResolution {
  std::size_t window_samples;
  std::size_t bands;
};

constexpr std::array<LogMelResolution, 3> kLogMelResolutions{{{512, 40}, {1024, 80}, {2048, 128}}};

struct LogMelDistance {
  double mean_db = 0.0;
  std::array<double, kLogMelResolutions.size()> window_db{};  ///< in the order of kLogMelResolutions
};

/// Both signals are mono at `sample_rate_hz` and are cut to the shorter length; memory does not grow
/// with it. For each resolution: periodic Hann window, power spectrum, triangular mel bands from 0 Hz to
/// Nyquist, each normalised to sum 1, band powers P; floor = 1e-7 x the reference's largest P; the mean
/// over frames and bands of |10 log10(P_reference + floor) - 10 log10(P_test + floor)|.
///
/// Only whole windows count, except that a signal shorter than a window is filled up with silence. A
/// silent reference has no floor: the distance to a silent test is 0, to any other infinite.
/// Throws ictus::Error if a signal has no samples.
LogMelDistance log_mel_distance(std::span<const float> reference, std::span<const float> test,
                                int sample_rate_hz = 22050);

/// The mean over the three resolutions; lower is better, 0 is alike.
double log_mel_distance_db(std::span<const float> reference, std::span<const float> test,
                           int sample_rate_hz = 22050);

}  // namespace ictus::metrics
