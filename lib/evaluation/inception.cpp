#include "lib/evaluation/inception.hpp"

namespace ictus::evaluation {

torch::Tensor inception_score(const torch::Tensor& logits, const torch::Tensor& weights) {
  const torch::Tensor log_p = torch::log_softmax(logits.to(torch::kDouble), 1);  // [n, C]
  const torch::Tensor p = log_p.exp();
  const torch::Tensor negative_entropy = torch::xlogy(p, p).sum(1);                     // [n]
  const torch::Tensor marginal = weights.matmul(p) / weights.sum(1, /*keepdim=*/true);  // [R, C]
  // E KL(p || m) = E sum p log p - sum m log m, since m is the mean of p.
  const torch::Tensor mean = weights.mv(negative_entropy) / weights.sum(1);
  return (mean - torch::xlogy(marginal, marginal).sum(1)).exp();
}

}  // namespace ictus::evaluation
