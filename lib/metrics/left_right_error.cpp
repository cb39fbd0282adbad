#include "lib/metrics/left_right_error.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/metrics/loudness_weight.hpp"
#include "lib/metrics/third_octaves.hpp"

namespace ictus::metrics {
namespace {

struct Powers {
  std::vector<double> left;
  std::vector<double> right;
};

Powers powers_of(const StereoSignal& signal, std::size_t length, int sample_rate_hz) {
  return {third_octaves(signal.left.first(length), sample_rate_hz).powers,
          third_octaves(signal.right.first(length), sample_rate_hz).powers};
}

double difference_db(double left, double right, double floor) {
  return std::clamp(10.0 * std::log10((left + floor) / (right + floor)), -kOneSideDb, kOneSideDb);
}

}  // namespace

double left_right_error_db(const StereoSignal& reference, const StereoSignal& test, int sample_rate_hz) {
  if (reference.left.size() != reference.right.size() || test.left.size() != test.right.size()) {
    throw Error("the left and the right channel of a sound differ in length");
  }
  const std::size_t length = std::min(reference.left.size(), test.left.size());
  const Powers wanted = powers_of(reference, length, sample_rate_hz);
  const Powers found = powers_of(test, length, sample_rate_hz);

  std::vector<double> both(wanted.left.size());
  std::transform(wanted.left.begin(), wanted.left.end(), wanted.right.begin(), both.begin(), std::plus<>());
  const double largest = *std::max_element(both.begin(), both.end());
  if (largest == 0.0) return 0.0;

  const double floor = kFloorOfLargest * largest;
  double sum = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < both.size(); ++i) {
    const double weight = loudness_weight(both[i], largest);
    sum += weight * std::abs(difference_db(found.left[i], found.right[i], floor) -
                             difference_db(wanted.left[i], wanted.right[i], floor));
    weights += weight;
  }
  return sum / weights;
}

}  // namespace ictus::metrics
