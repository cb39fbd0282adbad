#include "lib/evaluation/neighbours.hpp"

#include <algorithm>
#include <vector>

namespace ictus::evaluation {
namespace {

constexpr std::int64_t kNeighbourRows = 256;  ///< of the matrix of distances, which is never there as a whole
constexpr double kRounding = 1e-12;

torch::Tensor unit_rows(const torch::Tensor& x) {
  const torch::Tensor y = x.to(torch::kDouble);
  return y / y.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-300);
}

}  // namespace

Neighbours nearest_by_cosine(const torch::Tensor& queries, const torch::Tensor& candidates,
                             std::int64_t count) {
  const torch::Tensor x = unit_rows(queries);
  const torch::Tensor y = unit_rows(candidates).t();
  const std::int64_t kept = std::min(count, candidates.size(0));
  std::vector<torch::Tensor> distances;
  std::vector<torch::Tensor> places;
  for (std::int64_t at = 0; at < x.size(0); at += kNeighbourRows) {
    const torch::Tensor all = 1.0 - x.narrow(0, at, std::min(kNeighbourRows, x.size(0) - at)).mm(y);
    const auto [nearest, where] = all.topk(kept, 1, /*largest=*/false, /*sorted=*/true);
    distances.push_back(nearest.clamp(0.0, 2.0));
    places.push_back(where);
  }
  return {torch::cat(distances), torch::cat(places)};
}

torch::Tensor share_below_quantile(const torch::Tensor& tested, const torch::Tensor& real, double quantile,
                                   const torch::Tensor& tested_weights, const torch::Tensor& real_weights) {
  const auto [sorted, order] = real.to(torch::kDouble).sort();
  const torch::Tensor reached = real_weights.index_select(1, order).cumsum(1);                // [R, m]
  const torch::Tensor wanted = quantile * real_weights.sum(1, /*keepdim=*/true) - kRounding;  // [R, 1]
  const torch::Tensor place = (reached < wanted).sum(1).clamp_max(real.size(0) - 1);          // [R]
  const torch::Tensor threshold = sorted.index_select(0, place).unsqueeze(1);                 // [R, 1]
  const torch::Tensor below = (tested.to(torch::kDouble).unsqueeze(0) < threshold).to(torch::kDouble);
  return (below * tested_weights).sum(1) / tested_weights.sum(1);
}

}  // namespace ictus::evaluation
