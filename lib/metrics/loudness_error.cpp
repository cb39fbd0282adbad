#include "lib/metrics/loudness_error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/metrics/loudness_weight.hpp"
#include "lib/metrics/third_octaves.hpp"

namespace ictus::metrics {

LoudnessError loudness_error(std::span<const float> reference, std::span<const float> test,
                             int sample_rate_hz) {
  const std::size_t length = std::min(reference.size(), test.size());
  const std::vector<double> wanted = third_octaves(reference.first(length), sample_rate_hz).powers;
  const std::vector<double> found = third_octaves(test.first(length), sample_rate_hz).powers;
  const double largest = *std::max_element(wanted.begin(), wanted.end());
  if (largest == 0.0) {
    if (*std::max_element(found.begin(), found.end()) == 0.0) return {};
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    return {kInfinity, kInfinity};
  }

  const double floor = kFloorOfLargest * largest;
  LoudnessError error;
  double weights = 0.0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double weight = loudness_weight(wanted[i], largest);
    const double difference_db = 10.0 * std::log10((found[i] + floor) / (wanted[i] + floor));
    error.mean_db += weight * std::abs(difference_db);
    error.bias_db += weight * difference_db;
    weights += weight;
  }
  error.mean_db /= weights;
  error.bias_db /= weights;
  return error;
}

}  // namespace ictus::metrics
