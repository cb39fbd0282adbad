// Density and coverage (Naeem, Oh, Uh, Choi and Yoo, "Reliable fidelity and diversity metrics for generative
// models", ICML 2020): do generated notes lie where real ones are, and are there some wherever real ones are?
#pragma once

#include <cstdint>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

struct DensityAndCoverage {
  torch::Tensor density;   ///< [R], at least 0; 1 is expected of one distribution
  torch::Tensor coverage;  ///< [R] in [0, 1]; expected_coverage() is expected of one distribution
};

/// A ball around each of `reference` [n, d] reaches to its `k`-th nearest other reference note, n > k.
/// Density is in how many balls a generated note lies in the mean, over k; coverage is the part of the balls
/// in which any does. For each row of `reference_weights` [R, n] and `generated_weights` [R, m].
///
/// Balls are those of all reference notes in every row: where a note is drawn twice, its nearest other is
/// itself, and its ball would be a point.
[[nodiscard]] DensityAndCoverage density_and_coverage(const torch::Tensor& reference,
                                                      const torch::Tensor& generated, std::int64_t k,
                                                      const torch::Tensor& reference_weights,
                                                      const torch::Tensor& generated_weights);

/// The coverage that is expected where all notes are of one distribution (ibid., lemma 2): near 1 - 2^-k for
/// as many generated as reference notes.
[[nodiscard]] double expected_coverage(std::int64_t reference, std::int64_t generated, std::int64_t k);

}  // namespace ictus::evaluation
