// The inception score: are single notes distinct, and all of them together varied?
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

/// exp(E_x KL(p(y|x) || p(y))) of classifier outputs `logits` [n, classes] (Salimans et al. 2016, sec. 4),
/// for each row of `weights` [R, n]: [R] between 1 and the number of classes. With a pitch classifier this is
/// the PIS, with one of instrument families the IIS (Nistal, Lattner and Richard 2020). It is taken over all
/// notes at once, not as a mean over parts of them.
[[nodiscard]] torch::Tensor inception_score(const torch::Tensor& logits, const torch::Tensor& weights);

}  // namespace ictus::evaluation
