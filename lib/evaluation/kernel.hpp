// The kernel distance: do two sets of vectors come from one distribution?
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

/// The squared maximum mean discrepancy (Gretton et al. 2012, eq. 3) of `a` [n, d] and `b` [m, d] with the
/// inverse multiquadric kernel k(x, y) = 16 / (16 + |x - y|^2), for each row of `a_weights` [R, n] and
/// `b_weights` [R, m]: [R]. Over the logits of a pitch classifier this is the PKID, over those of a family
/// classifier the IKID (kernel and logits as in Nistal, Lattner and Richard 2020).
///
/// It is the unbiased estimate: a vector's kernel with itself is left out, also where a draw has it twice
/// (their code keeps it in and comes out higher by about 2 / n). So it may fall below 0, and 0 is expected of
/// two samples of one distribution. Not a number where only one vector was drawn.
[[nodiscard]] torch::Tensor kernel_distance(const torch::Tensor& a, const torch::Tensor& b,
                                            const torch::Tensor& a_weights, const torch::Tensor& b_weights);

}  // namespace ictus::evaluation
