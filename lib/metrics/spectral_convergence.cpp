#include "lib/metrics/spectral_convergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/metrics/power_spectrum.hpp"

namespace ictus::metrics {

double spectral_convergence(std::span<const float> reference, std::span<const float> test) {
  constexpr std::size_t kWindowSamples = 2048;
  const std::size_t length = std::min(reference.size(), test.size());
  if (length == 0) throw Error("there are no samples to compare");

  CentredFrames reference_frames(reference.first(length), kWindowSamples);
  CentredFrames test_frames(test.first(length), kWindowSamples);
  PowerSpectrum reference_spectrum(kWindowSamples);
  PowerSpectrum test_spectrum(kWindowSamples);
  double reference_power = 0.0;
  double distance = 0.0;
  for (std::size_t k = 0; k < reference_frames.count(); ++k) {
    const std::span<const double> wanted = reference_spectrum.analyse(reference_frames.frame(k));
    const std::span<const double> found = test_spectrum.analyse(test_frames.frame(k));
    for (std::size_t bin = 0; bin < wanted.size(); ++bin) {
      const double difference = std::sqrt(wanted[bin]) - std::sqrt(found[bin]);
      reference_power += wanted[bin];
      distance += difference * difference;
    }
  }
  if (distance == 0.0) return 0.0;  // two silences among them
  if (reference_power == 0.0) return std::numeric_limits<double>::infinity();
  return std::sqrt(distance / reference_power);
}

}  // namespace ictus::metrics
