// Squared distances between the rows of two matrices.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

/// Of `x` [n, d] and `y` [m, d]: [n, m], at least 0.
[[nodiscard]] inline torch::Tensor squared_distances(const torch::Tensor& x, const torch::Tensor& y) {
  return (x.square().sum(1).unsqueeze(1) + y.square().sum(1).unsqueeze(0) - 2.0 * x.mm(y.t())).clamp_min(0.0);
}

}  // namespace ictus::evaluation
