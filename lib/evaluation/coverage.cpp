#include "lib/evaluation/coverage.hpp"

#include <algorithm>
#include <limits>

#include "lib/evaluation/squared_distances.hpp"

namespace ictus::evaluation {
namespace {

constexpr std::int64_t kBlockRows = 256;  ///< of the matrix of distances, which is never there as a whole

}  // namespace

DensityAndCoverage density_and_coverage(const torch::Tensor& reference, const torch::Tensor& generated,
                                        std::int64_t k, const torch::Tensor& reference_weights,
                                        const torch::Tensor& generated_weights) {
  const torch::Tensor x = reference.to(torch::kDouble);
  const torch::Tensor y = generated.to(torch::kDouble);
  const torch::Tensor drawn = generated_weights.gt(0.0).to(torch::kDouble);  // [R, m]
  torch::Tensor counts = torch::zeros({reference_weights.size(0)}, torch::kDouble);
  torch::Tensor covered = torch::zeros_like(counts);
  for (std::int64_t at = 0; at < x.size(0); at += kBlockRows) {
    const std::int64_t rows = std::min(kBlockRows, x.size(0) - at);
    const torch::Tensor own = x.narrow(0, at, rows);
    torch::Tensor others = squared_distances(own, x);
    others.diagonal(at).fill_(std::numeric_limits<double>::infinity());
    const torch::Tensor radii = std::get<0>(others.kthvalue(k, 1)).unsqueeze(1);          // [rows, 1]
    const torch::Tensor inside = squared_distances(own, y).le(radii).to(torch::kDouble);  // [rows, m]
    const torch::Tensor weights = reference_weights.narrow(1, at, rows);                  // [R, rows]
    counts += (weights * generated_weights.mm(inside.t())).sum(1);
    covered += (weights * drawn.mm(inside.t()).gt(0.0).to(torch::kDouble)).sum(1);
  }
  return {counts / (static_cast<double>(k) * generated_weights.sum(1)), covered / reference_weights.sum(1)};
}

double expected_coverage(std::int64_t reference, std::int64_t generated, std::int64_t k) {
  double missed = 1.0;
  for (std::int64_t i = 1; i <= k; ++i)
    missed *= static_cast<double>(reference - i) / static_cast<double>(reference + generated - i);
  return 1.0 - missed;
}

}  // namespace ictus::evaluation
