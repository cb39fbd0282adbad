// Steps of gradient descent that are as large for steep numbers as for flat ones.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

namespace ictus::analysis {

/// The moments of Adam (Kingma and Ba 2015), which here forget fast: fits take some tens of steps.
template <std::size_t N>
class Momentum {
 public:
  /// What is no number counts as 0.
  void add(std::span<const float, N> gradient) {
    mean_left_ *= kMean;
    square_left_ *= kSquare;
    for (std::size_t i = 0; i < N; ++i) {
      const float g = std::isfinite(gradient[i]) ? gradient[i] : 0.0F;
      mean_[i] = kMean * mean_[i] + (1.0F - kMean) * g;
      square_[i] = kSquare * square_[i] + (1.0F - kSquare) * g * g;
    }
  }
  /// Uphill, about -1 to 1.
  [[nodiscard]] float direction(std::size_t i) const {
    const float root = std::sqrt(square_[i] / (1.0F - square_left_));
    return mean_[i] / (1.0F - mean_left_) / (root + kFlat);
  }

 private:
  static constexpr float kFlat = 3e-6F;  // a slope, in dB, that is as good as none: rounding is not to steer
  static constexpr float kMean = 0.8F;
  static constexpr float kSquare = 0.95F;
  std::array<float, N> mean_{}, square_{};
  float mean_left_ = 1.0F, square_left_ = 1.0F;
};

/// How large step `step` of `steps` is: whole in the first half, from then on down to a twentieth.
inline float cooled(int step, int steps) {
  const float half = 0.5F * static_cast<float>(steps);
  return std::clamp(1.0F - (static_cast<float>(step) - half) / half, 0.05F, 1.0F);
}

}  // namespace ictus::analysis
