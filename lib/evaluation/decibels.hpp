// Powers on a scale from -1 to 1, as the spectra of this folder are compared.
#pragma once

#include <span>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

inline constexpr double kFloorDb = -70.0;

/// 0 dB to 1, the floor to -1.
[[nodiscard]] inline double scaled(double decibels) { return 1.0 - 2.0 * decibels / kFloorDb; }

/// Powers in decibels below the largest of them, no lower than the floor, scaled; without any power, -1.
[[nodiscard]] inline torch::Tensor scaled_decibels(const torch::Tensor& power) {
  const torch::Tensor largest = power.max();
  if (largest.item<double>() <= 0.0) return torch::full_like(power, -1.0);
  return 1.0 - 2.0 / kFloorDb * (10.0 * torch::log10(power / largest)).clamp_min(kFloorDb);
}

/// A copy in double precision.
[[nodiscard]] inline torch::Tensor as_tensor(std::span<const float> samples) {
  torch::Tensor result = torch::empty({static_cast<std::int64_t>(samples.size())}, torch::kDouble);
  std::copy(samples.begin(), samples.end(), result.data_ptr<double>());
  return result;
}

}  // namespace ictus::evaluation
