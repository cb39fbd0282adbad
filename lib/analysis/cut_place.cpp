#include "lib/analysis/cut_place.hpp"

#include <algorithm>
#include <vector>

namespace ictus::analysis {
namespace {

/// The moment that is to be quiet: 46 ms before the place, and 23 ms after it.
constexpr std::size_t kQuietBefore = 2048;
constexpr std::size_t kQuietAfter = 1024;
constexpr std::size_t kStep = 64;

}  // namespace

std::size_t cut_place(std::span<const float> samples, std::size_t channels, std::size_t before,
                      std::size_t after) {
  const std::size_t frames = samples.size() / channels;
  // Of the differences of samples, whose power rises by 6 dB an octave. Doubles, since sums are subtracted.
  std::vector<double> energy_up_to(frames, 0.0);
  for (std::size_t t = 1; t < frames; ++t) {
    double energy = 0.0;
    for (std::size_t c = 0; c < channels; ++c) {
      const double difference = static_cast<double>(samples[t * channels + c]) -
                                static_cast<double>(samples[(t - 1) * channels + c]);
      energy += difference * difference;
    }
    energy_up_to[t] = energy_up_to[t - 1] + energy;
  }
  const auto energy_around = [&](std::size_t place) {
    return energy_up_to[place + kQuietAfter - 1] - energy_up_to[place - kQuietBefore];
  };
  std::size_t quietest = std::max(before, kQuietBefore);
  for (std::size_t place = quietest; place + std::max(after, kQuietAfter) <= frames; place += kStep) {
    if (energy_around(place) < energy_around(quietest)) quietest = place;
  }
  return quietest;
}

}  // namespace ictus::analysis
