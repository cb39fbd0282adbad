// Peaks between bins.
#pragma once

#include <algorithm>
#include <cmath>

namespace ictus::dsp {

/// Where a parabola through the logarithms of three neighbours has its top, in bins from the middle one,
/// at most half a bin. The neighbours are magnitudes or powers, not much smaller than 1e-9.
inline double peak_offset(double before, double at, double after) {
  const double a = std::log(before + 1e-12);
  const double b = std::log(at + 1e-12);
  const double c = std::log(after + 1e-12);
  const double curvature = a - 2.0 * b + c;
  return curvature < -1e-9 ? std::clamp(0.5 * (a - c) / curvature, -0.5, 0.5) : 0.0;
}

/// How high that top is: what a sine's own bin would hold if its frequency were that of a bin, to 0.4 dB
/// under a Hann window.
inline double peak_height(double before, double at, double after) {
  const double slope = std::log(after + 1e-12) - std::log(before + 1e-12);
  return at * std::exp(0.25 * slope * peak_offset(before, at, after));
}

}  // namespace ictus::dsp
