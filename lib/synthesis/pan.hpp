// Where an event is heard, from left to right.
#pragma once

#include <array>
#include <cmath>

namespace ictus::synthesis {

/// Factors of amplitude by channel; the second is not used where there is one channel.
using Gains = std::array<float, 2>;

/// Equal power: whatever the position from -1, left, to 1, right, the powers of both channels sum to that of
/// the event. One channel has all of it.
inline Gains pan_gains(float position, int channels) {
  if (channels == 1) return {1.0F, 0.0F};
  const float held = position > -1.0F ? (position < 1.0F ? position : 1.0F) : -1.0F;
  return {std::sqrt(0.5F * (1.0F - held)), std::sqrt(0.5F * (1.0F + held))};
}

}  // namespace ictus::synthesis
