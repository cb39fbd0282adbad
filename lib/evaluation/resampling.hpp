// Bootstrap: how far a measure would move had other notes of the same kind been at hand (Efron 1979).
//
// What is drawn are notes. A draw is a row of weights, how often each note counts; the first row counts every
// note once and gives the value itself. Every measure of this folder takes such rows and gives one number for
// each, so that all measures of one evaluation rest on the same draws.
#pragma once

#include <cstdint>
#include <optional>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

/// Weights [1 + resamples, notes] in double precision: a row of ones, then how often each note comes when as
/// many as there are are drawn with replacement. The same seed gives the same draws.
[[nodiscard]] torch::Tensor draws(std::int64_t notes, int resamples, std::uint64_t seed);

/// The row of ones alone: [1, notes].
[[nodiscard]] torch::Tensor once(std::int64_t notes);

struct Interval {
  double low = 0.0;
  double high = 0.0;
};

struct Estimate {
  double value = 0.0;
  std::optional<Interval> interval;  ///< 95 %; nothing without resamples
};

/// What values a measure can have.
struct Range {
  double least = -INFINITY;
  double most = INFINITY;
};

/// The first of `values` [1 + resamples] with the interval between the 2.5th and the 97.5th percentile of the
/// others (Efron and Tibshirani 1993, ch. 13), shifted by the mean of the others less the first (ibid., ch.
/// 10) and kept within `range`. Measures that compare distributions grow when notes repeat; without the shift
/// their intervals would lie beside their values. So the interval is one for the measure at this number of
/// notes. Draws whose value is not finite, as of a single note drawn over and over, are left out.
[[nodiscard]] Estimate estimate(const torch::Tensor& values, const Range& range = {});

/// Weighted means of `values` [n] by each row of `weights` [R, n]: [R].
[[nodiscard]] torch::Tensor weighted_mean(const torch::Tensor& values, const torch::Tensor& weights);

}  // namespace ictus::evaluation
