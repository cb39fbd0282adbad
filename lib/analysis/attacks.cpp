#include "lib/analysis/attacks.hpp"

#include <algorithm>

namespace ictus::analysis {
namespace {

// All but the last two in milliseconds, which is what the frames of energies are apart.
constexpr std::int64_t kWindow = 2;
constexpr std::int64_t kBefore = 40;  // longer than the slowest period that is heard as a tone
constexpr std::int64_t kRise = 30;    // in which the attack gets to its loudest
constexpr double kLeastRise = 10.0;   // of power
constexpr double kLeastPart = 1e-5;   // of the loudest window's energy

/// Of windows of 2 ms, 1 ms apart.
std::vector<double> energies_of(std::span<const float> samples, int sample_rate_hz) {
  const auto at = [&](std::int64_t ms) {
    return static_cast<std::size_t>(
        std::min<std::int64_t>(ms * sample_rate_hz / 1000, static_cast<std::int64_t>(samples.size())));
  };
  std::vector<double> energies;
  for (std::int64_t ms = 0; at(ms + kWindow) < samples.size(); ++ms) {
    double sum = 0.0;
    for (std::size_t i = at(ms); i < at(ms + kWindow); ++i)
      sum += static_cast<double>(samples[i]) * samples[i];
    energies.push_back(sum);
  }
  return energies;
}

}  // namespace

std::vector<std::int64_t> attacks(std::span<const float> samples, int sample_rate_hz) {
  const std::vector<double> energy = energies_of(samples, sample_rate_hz);
  const auto count = static_cast<std::int64_t>(energy.size());
  if (count == 0) return {};
  const double least = kLeastPart * *std::max_element(energy.begin(), energy.end());
  const auto highest = [&](std::int64_t begin, std::int64_t end) {
    return *std::max_element(energy.begin() + std::clamp<std::int64_t>(begin, 0, count - 1),
                             energy.begin() + std::clamp<std::int64_t>(end, 1, count));
  };
  std::vector<std::int64_t> found;
  for (std::int64_t ms = 1; ms < count; ++ms) {
    const double before = highest(ms - kBefore, ms);
    if (energy[static_cast<std::size_t>(ms)] <= 2.0 * before) continue;
    const double peak = highest(ms, ms + kRise);
    if (peak < kLeastRise * before || peak <= least) continue;
    if (energy[static_cast<std::size_t>(ms)] <= 1e-3 * peak) continue;
    // The last sample of the first window that is loud enough.
    found.push_back((ms + kWindow) * sample_rate_hz / 1000);
    ms += kRise;
  }
  return found;
}

}  // namespace ictus::analysis
