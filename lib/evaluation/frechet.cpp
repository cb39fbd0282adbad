#include "lib/evaluation/frechet.hpp"

#include <limits>
#include <vector>

#include "lib/core/error.hpp"

namespace ictus::evaluation {
namespace {

struct Gaussian {
  torch::Tensor mean;        // [d]
  torch::Tensor covariance;  // [d, d]
};

Gaussian fitted(const torch::Tensor& x, const torch::Tensor& weights) {
  const double total = weights.sum().item<double>();
  const torch::Tensor mean = weights.matmul(x) / total;
  const torch::Tensor centred = x - mean;
  return {mean, (centred * weights.unsqueeze(1)).t().mm(centred) / (total - 1.0)};
}

/// Eigenvalues of a matrix that has none below 0 but for rounding.
torch::Tensor cleaned(const torch::Tensor& eigenvalues) {
  const double rounding = static_cast<double>(eigenvalues.numel()) * std::numeric_limits<double>::epsilon() *
                          eigenvalues.abs().max().item<double>();
  return torch::where(eigenvalues > rounding, eigenvalues, torch::zeros_like(eigenvalues));
}

torch::Tensor symmetric_root(const torch::Tensor& matrix) {
  const auto [eigenvalues, vectors] = torch::linalg_eigh(matrix, "L");
  return (vectors * cleaned(eigenvalues).sqrt()).mm(vectors.t());
}

double distance(const Gaussian& a, const Gaussian& b) {
  const torch::Tensor root = symmetric_root(a.covariance);
  const torch::Tensor product = root.mm(b.covariance).mm(root);
  const torch::Tensor eigenvalues = torch::linalg_eigvalsh((product + product.t()) / 2.0, "L");
  const torch::Tensor sum = (a.mean - b.mean).square().sum() + a.covariance.trace() + b.covariance.trace() -
                            2.0 * cleaned(eigenvalues).sqrt().sum();
  return std::max(0.0, sum.item<double>());
}

}  // namespace

torch::Tensor frechet_distance(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& a_weights,
                               const torch::Tensor& b_weights) {
  if (a.size(0) < 2 || b.size(0) < 2) throw Error("a Frechet distance needs at least 2 vectors on each side");
  const torch::Tensor x = a.to(torch::kDouble);
  const torch::Tensor y = b.to(torch::kDouble);
  std::vector<double> distances;
  for (std::int64_t row = 0; row < a_weights.size(0); ++row)
    distances.push_back(distance(fitted(x, a_weights[row]), fitted(y, b_weights[row])));
  return torch::tensor(distances, torch::kDouble);
}

}  // namespace ictus::evaluation
