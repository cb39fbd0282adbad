#include "lib/synthesis/lobe.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace ictus::synthesis {
namespace {

double magnitude(double bins) {
  const double d = std::abs(bins);
  if (d < 1e-9) return 1.0;
  if (std::abs(d - 1.0) < 1e-9) return 0.5;
  return std::sin(std::numbers::pi * d) / (std::numbers::pi * d * (1.0 - d * d));
}

/// The response fades out over the last bin of its reach, so that a sine that moves leaves no step behind.
double power(double bins) {
  const double left = kLobeReach + 1 - std::abs(bins);
  const double m = magnitude(bins);
  return m * m * (left >= 1.0 ? 1.0 : left <= 0.0 ? 0.0 : left);
}

}  // namespace

Lobe::Lobe() {
  constexpr double kStep = 1.0 / kSteps;
  constexpr int kFiner = 16;  // steps of the integrals for each of the table's
  const auto sum_below = [](double bins) {
    double sum = 0.0;
    for (double bin = bins - 0.5; bin > -kEnd; bin -= 1.0) sum += power(bin);
    return sum;
  };
  double area = 0.0;
  double sum_area = 0.0;
  for (std::size_t i = 0; i < power_.size(); ++i) {
    const double bins = static_cast<double>(i) * kStep - kEnd;
    power_[i] = static_cast<float>(power(bins));
    slope_[i] = static_cast<float>((power(bins + 0.5 * kStep) - power(bins - 0.5 * kStep)) / kStep);
    area_[i] = static_cast<float>(area);
    sum_[i] = sum_below(bins);
    sum_slope_[i] =
        static_cast<float>((sum_below(bins + 0.5 * kStep) - sum_below(bins - 0.5 * kStep)) / kStep);
    sum_area_[i] = sum_area;
    for (int j = 0; j < kFiner; ++j) {
      const double at = bins + (j + 0.5) * kStep / kFiner;
      area += power(at) * kStep / kFiner;
      sum_area += sum_below(at) * kStep / kFiner;
    }
  }
}

const Lobe& hann_lobe() {
  static const Lobe lobe;
  return lobe;
}

}  // namespace ictus::synthesis
