#include "lib/evaluation/resampling.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace ictus::evaluation {
namespace {

constexpr double kTail = 0.025;

/// Between neighbours by straight lines; `sorted` is not empty.
double percentile(const std::vector<double>& sorted, double part) {
  const double at = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

torch::Tensor draws(std::int64_t notes, int resamples, std::uint64_t seed) {
  torch::Tensor weights = torch::zeros({1 + resamples, notes}, torch::kDouble);
  weights[0].fill_(1.0);
  if (notes == 0) return weights;
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::int64_t> any(0, notes - 1);
  auto* const all = weights.data_ptr<double>();
  for (std::int64_t row = 1; row <= resamples; ++row)
    for (std::int64_t i = 0; i < notes; ++i) all[row * notes + any(random)] += 1.0;
  return weights;
}

torch::Tensor once(std::int64_t notes) { return torch::ones({1, notes}, torch::kDouble); }

Estimate estimate(const torch::Tensor& values, const Range& range) {
  const torch::Tensor all = values.to(torch::kCPU, torch::kDouble).contiguous();
  const double* const data = all.data_ptr<double>();
  Estimate result{.value = data[0], .interval = std::nullopt};
  std::vector<double> resampled;
  double sum = 0.0;
  for (std::int64_t i = 1; i < all.numel(); ++i) {
    if (!std::isfinite(data[i])) continue;
    resampled.push_back(data[i]);
    sum += data[i];
  }
  if (resampled.empty()) return result;
  std::sort(resampled.begin(), resampled.end());
  const double shift = sum / static_cast<double>(resampled.size()) - result.value;
  const auto bound = [&](double part) {
    return std::clamp(percentile(resampled, part) - shift, range.least, range.most);
  };
  result.interval = Interval{bound(kTail), bound(1.0 - kTail)};
  return result;
}

torch::Tensor weighted_mean(const torch::Tensor& values, const torch::Tensor& weights) {
  return weights.mv(values.to(torch::kDouble)) / weights.sum(1);
}

}  // namespace ictus::evaluation
