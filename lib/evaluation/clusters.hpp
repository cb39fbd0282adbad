// Bins: where in the space of notes are there too few or too many (Richardson and Weiss, "On GANs and GMMs",
// NeurIPS 2018, sec. 4)?
#pragma once

#include <cstdint>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

/// Centres [clusters, d] of `points` [n, d], n >= clusters: k-means++ (Arthur and Vassilvitskii 2007), then
/// at most 100 steps of Lloyd. A centre that loses its points moves to the point farthest from its own. The
/// same seed gives the same centres.
[[nodiscard]] torch::Tensor k_means(const torch::Tensor& points, std::int64_t clusters, std::uint64_t seed);

/// The place of the nearest centre of each of `points` [n, d]: [n], int64.
[[nodiscard]] torch::Tensor nearest_centres(const torch::Tensor& points, const torch::Tensor& centres);

/// How many points fall into each of `clusters` bins, `bins` [n] being theirs, by each row of `weights` [R,
/// n]: [R, clusters].
[[nodiscard]] torch::Tensor bin_counts(const torch::Tensor& bins, std::int64_t clusters,
                                       const torch::Tensor& weights);

/// NDB/k: the part of the bins whose shares of `reference` and `generated` [R, k] differ: two-proportion
/// z-test with pooled variance, two-tailed p < 0.05. [R] in [0, 1]; about 0.05 is expected of one
/// distribution.
[[nodiscard]] torch::Tensor different_bins(const torch::Tensor& reference, const torch::Tensor& generated);

/// The Jensen-Shannon divergence of the shares, in bits: [R] in [0, 1].
[[nodiscard]] torch::Tensor js_divergence(const torch::Tensor& reference, const torch::Tensor& generated);

}  // namespace ictus::evaluation
