// Nearest neighbours: is a note made, or remembered?
#pragma once

#include <cstdint>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

struct Neighbours {
  torch::Tensor distances;  ///< [n, k], nearest first
  torch::Tensor places;     ///< [n, k], int64: where among the candidates
};

/// The `count` nearest of `candidates` [m, d] to each of `queries` [n, d] by cosine distance, 1 - cos,
/// between 0 and 2; all m where there are fewer. A vector of zeros has distance 1 to everything.
[[nodiscard]] Neighbours nearest_by_cosine(const torch::Tensor& queries, const torch::Tensor& candidates,
                                           std::int64_t count);

/// The part of `tested` [n] that lies below the `quantile` of `real` [m], the least value that at least that
/// part of them does not exceed; by each row of `tested_weights` [R, n] and `real_weights` [R, m]: [R].
///
/// With distances to the nearest training note in both, this says whether generated notes cling to what was
/// trained on: of notes like the real ones it is `quantile` itself, of copies it is 1.
[[nodiscard]] torch::Tensor share_below_quantile(const torch::Tensor& tested, const torch::Tensor& real,
                                                 double quantile, const torch::Tensor& tested_weights,
                                                 const torch::Tensor& real_weights);

}  // namespace ictus::evaluation
