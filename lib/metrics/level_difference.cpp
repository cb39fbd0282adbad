#include "lib/metrics/level_difference.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "lib/core/error.hpp"
#include "lib/metrics/power_spectrum.hpp"

namespace ictus::metrics {
namespace {

constexpr std::size_t kWindowSamples = 2048;

double difference_db(double reference_power, double test_power) {
  if (reference_power == test_power) return 0.0;  // two silences among them
  return 10.0 * std::log10(test_power / reference_power);
}

double power_of(std::span<const float> signal) {
  return std::accumulate(signal.begin(), signal.end(), 0.0, [](double sum, float sample) {
    return sum + static_cast<double>(sample) * static_cast<double>(sample);
  });
}

std::size_t common_length(std::span<const float> reference, std::span<const float> test) {
  const std::size_t length = std::min(reference.size(), test.size());
  if (length == 0) throw Error("there are no samples to compare");
  return length;
}

}  // namespace

double level_difference_db(std::span<const float> reference, std::span<const float> test) {
  const std::size_t length = common_length(reference, test);
  return difference_db(power_of(reference.first(length)), power_of(test.first(length)));
}

double band_level_difference_db(std::span<const float> reference, std::span<const float> test,
                                int sample_rate_hz, double lowest_hz, double highest_hz) {
  const std::size_t length = common_length(reference, test);
  const double bin_hz = static_cast<double>(sample_rate_hz) / static_cast<double>(kWindowSamples);
  if (!(0.0 <= lowest_hz && lowest_hz + bin_hz <= highest_hz && highest_hz <= sample_rate_hz / 2.0)) {
    throw Error("there is no band from " + std::to_string(lowest_hz) + " to " + std::to_string(highest_hz) +
                    " Hz at a rate of " + std::to_string(sample_rate_hz) + " Hz",
                "a band lies between 0 Hz and half the rate");
  }
  const auto first = static_cast<std::size_t>(std::ceil(lowest_hz / bin_hz));
  const auto last = static_cast<std::size_t>(std::ceil(highest_hz / bin_hz));
  PowerSpectrum spectrum(kWindowSamples);
  const auto power_in_band = [&](std::span<const float> signal) {
    double sum = 0.0;
    CentredFrames frames(signal, kWindowSamples);
    for (std::size_t k = 0; k < frames.count(); ++k) {
      const std::span<const double> power = spectrum.analyse(frames.frame(k)).subspan(first, last - first);
      sum += std::accumulate(power.begin(), power.end(), 0.0);
    }
    return sum;
  };
  return difference_db(power_in_band(reference.first(length)), power_in_band(test.first(length)));
}

}  // namespace ictus::metrics
