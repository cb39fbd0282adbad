#include "lib/analysis/continuation.hpp"

#include <algorithm>

namespace ictus::analysis {
namespace {

constexpr std::size_t kMostSeen = 8192;  // 0.19 s
constexpr std::size_t kMostOrder = 128;

/// By which the samples before one, the last of them first, predict it. Burg's are stable: what they predict
/// does not grow.
std::vector<double> burg(std::span<const float> samples, std::size_t order) {
  std::vector<double> forward(samples.begin(), samples.end());
  std::vector<double> backward = forward;
  std::vector<double> predictor;
  for (std::size_t m = 0; m < order; ++m) {
    double product = 0.0;
    double energy = 0.0;
    for (std::size_t n = m + 1; n < samples.size(); ++n) {
      product += forward[n] * backward[n - 1];
      energy += forward[n] * forward[n] + backward[n - 1] * backward[n - 1];
    }
    if (energy <= 1e-20) break;  // it is predicted already, or silent
    const double reflection = 2.0 * product / energy;
    std::vector<double> longer = predictor;
    for (std::size_t i = 0; i < m; ++i) longer[i] -= reflection * predictor[m - 1 - i];
    longer.push_back(reflection);
    predictor = std::move(longer);
    for (std::size_t n = samples.size() - 1; n > m; --n) {
      const double before = backward[n - 1];
      backward[n] = before - reflection * forward[n];
      forward[n] -= reflection * before;
    }
  }
  return predictor;
}

}  // namespace

std::vector<float> continuation(std::span<const float> samples, std::size_t count) {
  const std::span<const float> seen = samples.last(std::min(samples.size(), kMostSeen));
  const std::vector<double> predictor = burg(seen, std::min(kMostOrder, seen.size() / 4));
  std::vector<float> sound(seen.begin(), seen.end());
  for (std::size_t n = 0; n < count; ++n) {
    double next = 0.0;
    for (std::size_t i = 0; i < predictor.size(); ++i)
      next += predictor[i] * static_cast<double>(sound[sound.size() - 1 - i]);
    sound.push_back(static_cast<float>(next));
  }
  return {sound.end() - static_cast<std::ptrdiff_t>(count), sound.end()};
}

}  // namespace ictus::analysis
