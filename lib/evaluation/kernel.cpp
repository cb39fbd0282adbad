#include "lib/evaluation/kernel.hpp"

#include <algorithm>

#include "lib/evaluation/squared_distances.hpp"

namespace ictus::evaluation {
namespace {

constexpr double kScale = 16.0;
constexpr std::int64_t kKernelRows = 512;  ///< of the kernel matrix, which is never there as a whole

torch::Tensor kernel(const torch::Tensor& x, const torch::Tensor& y) {
  return kScale / (kScale + squared_distances(x, y));
}

/// sum_ij v_i w_j k(x_i, y_j) for each row v of `x_weights` and w of `y_weights`: [R].
torch::Tensor kernel_sums(const torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& x_weights,
                          const torch::Tensor& y_weights) {
  torch::Tensor sums = torch::zeros({x_weights.size(0)}, torch::kDouble);
  for (std::int64_t at = 0; at < x.size(0); at += kKernelRows) {
    const std::int64_t rows = std::min(kKernelRows, x.size(0) - at);
    const torch::Tensor towards_y = kernel(x.narrow(0, at, rows), y).mm(y_weights.t());  // [rows, R]
    sums += (x_weights.narrow(1, at, rows).t() * towards_y).sum(0);
  }
  return sums;
}

/// The mean kernel of two different vectors of x.
torch::Tensor mean_within(const torch::Tensor& x, const torch::Tensor& weights) {
  const torch::Tensor with_themselves = weights.square().sum(1);  // k(x, x) is 1
  const torch::Tensor pairs = weights.sum(1).square() - with_themselves;
  return (kernel_sums(x, x, weights, weights) - with_themselves) / pairs;
}

}  // namespace

torch::Tensor kernel_distance(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& a_weights,
                              const torch::Tensor& b_weights) {
  const torch::Tensor x = a.to(torch::kDouble);
  const torch::Tensor y = b.to(torch::kDouble);
  const torch::Tensor between =
      kernel_sums(x, y, a_weights, b_weights) / (a_weights.sum(1) * b_weights.sum(1));
  return mean_within(x, a_weights) + mean_within(y, b_weights) - 2.0 * between;
}

}  // namespace ictus::evaluation
