#include "lib/evaluation/clusters.hpp"

#include <cmath>
#include <random>
#include <vector>

#include "lib/evaluation/squared_distances.hpp"

namespace ictus::evaluation {
namespace {

constexpr int kMostSteps = 100;
constexpr double kSignificance = 0.05;

/// A place by chance, in proportion to `weights` [n]; any place when all are 0.
std::int64_t drawn(const torch::Tensor& weights, std::mt19937_64& random) {
  const std::vector<double> all(weights.data_ptr<double>(), weights.data_ptr<double>() + weights.numel());
  double total = 0.0;
  for (const double weight : all) total += weight;
  if (total <= 0.0) return std::uniform_int_distribution<std::int64_t>(0, weights.numel() - 1)(random);
  return std::discrete_distribution<std::int64_t>(all.begin(), all.end())(random);
}

torch::Tensor first_centres(const torch::Tensor& points, std::int64_t clusters, std::mt19937_64& random) {
  torch::Tensor nearest = torch::zeros({points.size(0)}, torch::kDouble);
  std::vector<torch::Tensor> centres;
  for (std::int64_t i = 0; i < clusters; ++i) {
    centres.push_back(points[drawn(nearest, random)]);
    const torch::Tensor distances = (points - centres.back()).square().sum(1);
    nearest = (i == 0 ? distances : torch::minimum(nearest, distances)).contiguous();
  }
  return torch::stack(centres);
}

torch::Tensor shares(const torch::Tensor& counts) { return counts / counts.sum(1, /*keepdim=*/true); }

}  // namespace

torch::Tensor k_means(const torch::Tensor& points, std::int64_t clusters, std::uint64_t seed) {
  const torch::Tensor x = points.to(torch::kDouble);
  std::mt19937_64 random(seed);
  torch::Tensor centres = first_centres(x, clusters, random);
  torch::Tensor before;
  for (int step = 0; step < kMostSteps; ++step) {
    auto [distance, bins] = squared_distances(x, centres).min(1);
    if (before.defined() && bins.equal(before)) break;
    before = bins;
    const torch::Tensor member = torch::one_hot(bins, clusters).to(torch::kDouble);  // [n, k]
    const torch::Tensor counts = member.sum(0);
    centres = member.t().mm(x) / counts.clamp_min(1.0).unsqueeze(1);
    for (std::int64_t i = 0; i < clusters; ++i) {
      if (counts[i].item<double>() > 0.0) continue;
      const torch::Tensor farthest = distance.argmax();
      centres[i] = x[farthest.item<std::int64_t>()];
      distance[farthest.item<std::int64_t>()] = 0.0;  // the next one goes elsewhere
    }
  }
  return centres;
}

torch::Tensor nearest_centres(const torch::Tensor& points, const torch::Tensor& centres) {
  return squared_distances(points.to(torch::kDouble), centres).argmin(1);
}

torch::Tensor bin_counts(const torch::Tensor& bins, std::int64_t clusters, const torch::Tensor& weights) {
  return weights.mm(torch::one_hot(bins, clusters).to(torch::kDouble));
}

torch::Tensor different_bins(const torch::Tensor& reference, const torch::Tensor& generated) {
  const torch::Tensor n = reference.sum(1, /*keepdim=*/true);
  const torch::Tensor m = generated.sum(1, /*keepdim=*/true);
  const torch::Tensor pooled = (reference + generated) / (n + m);
  const torch::Tensor deviation = (pooled * (1.0 - pooled) * (1.0 / n + 1.0 / m)).sqrt();
  const torch::Tensor z = (reference / n - generated / m).abs() / deviation;
  // Two-tailed: p = erfc(|z| / sqrt 2). A bin that both leave empty has no z, and does not differ.
  return (torch::erfc(z / std::sqrt(2.0)) < kSignificance).to(torch::kDouble).mean(1);
}

torch::Tensor js_divergence(const torch::Tensor& reference, const torch::Tensor& generated) {
  const torch::Tensor p = shares(reference);
  const torch::Tensor q = shares(generated);
  const torch::Tensor m = (p + q) / 2.0;
  const torch::Tensor nats =
      torch::xlogy(p, p).sum(1) / 2.0 + torch::xlogy(q, q).sum(1) / 2.0 - torch::xlogy(m, m).sum(1);
  return (nats / std::log(2.0)).clamp(0.0, 1.0);
}

}  // namespace ictus::evaluation
