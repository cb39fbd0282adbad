// The Frechet distance: how far two clouds of vectors lie apart, in place and in spread.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

/// |mu_a - mu_b|^2 + tr(S_a + S_b - 2 (S_a^1/2 S_b S_a^1/2)^1/2) of Gaussians fitted to `a` [n, d] and `b`
/// [m, d] (Dowson and Landau 1982; of VGGish's embeddings it is the FAD of Kilgour et al. 2019), for each row
/// of `a_weights` [R, n] and `b_weights` [R, m]: [R], at least 0. Covariances are unbiased, roots are taken
/// through eigenvalues, of which those below rounding count as 0.
///
/// The value falls with the number of vectors even for one distribution; with fewer than d + 1 of them the
/// covariance has no full rank, and the value says little. Throws ictus::Error with fewer than 2.
[[nodiscard]] torch::Tensor frechet_distance(const torch::Tensor& a, const torch::Tensor& b,
                                             const torch::Tensor& a_weights, const torch::Tensor& b_weights);

}  // namespace ictus::evaluation
