// How much a power counts among others.
#pragma once

#include <cmath>

namespace ictus::metrics {

/// Of the largest power: what is added to powers before their levels are compared, 70 dB below it.
constexpr double kFloorOfLargest = 1e-7;

/// As loudness goes; nothing of what is 60 dB below the largest power.
inline double loudness_weight(double power, double largest_power) {
  return power > 1e-6 * largest_power ? std::pow(power, 0.3) : 0.0;
}

}  // namespace ictus::metrics
