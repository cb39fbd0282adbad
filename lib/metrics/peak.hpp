// The top of a peak between bins.
#pragma once

#include <cmath>

namespace ictus::metrics {

/// How far from its highest bin a peak is, from -0.5 to 0.5 bins: the vertex of the parabola through the
/// levels of that bin and its neighbours. All three are powers.
inline double peak_offset(double before, double highest, double after) {
  if (before <= 0.0 || after <= 0.0) return 0.0;
  const double a = std::log(before / highest);
  const double c = std::log(after / highest);
  return a + c == 0.0 ? 0.0 : 0.5 * (c - a) / -(a + c);
}

}  // namespace ictus::metrics
