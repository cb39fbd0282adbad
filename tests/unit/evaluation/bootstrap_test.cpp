#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "lib/evaluation/resampling.hpp"

using namespace ictus::evaluation;

TEST_CASE("draws: all notes once, then as many as there are, with replacement, the same for a seed") {
  const torch::Tensor weights = draws(50, 20, 7);
  REQUIRE(weights.sizes() == torch::IntArrayRef({21, 50}));
  CHECK(weights[0].equal(torch::ones({50}, torch::kDouble)));
  CHECK(weights.sum(1).equal(torch::full({21}, 50.0, torch::kDouble)));
  // Of n notes a draw leaves out (1 - 1/n)^n, 36.4 % of 50.
  CHECK((weights.slice(0, 1) == 0.0).to(torch::kDouble).mean().item<double>() ==
        doctest::Approx(0.364).epsilon(0.08));
  CHECK(weights.equal(draws(50, 20, 7)));
  CHECK_FALSE(weights.equal(draws(50, 20, 8)));
  CHECK(draws(50, 0, 7).equal(once(50)));
}

TEST_CASE("the interval is between percentiles, moved to where the value is") {
  // 0 .. 40 have the mean 20 and percentiles 1 and 39; the value is 100.
  const torch::Tensor values =
      torch::cat({torch::full({1}, 100.0, torch::kDouble), torch::arange(0, 41, torch::kDouble)});
  const Estimate found = estimate(values);
  CHECK(found.value == 100.0);
  REQUIRE(found.interval.has_value());
  CHECK(found.interval->low == doctest::Approx(81.0));
  CHECK(found.interval->high == doctest::Approx(119.0));
  CHECK(estimate(values, {0.0, 110.0}).interval->high == 110.0);
}

TEST_CASE("without resamples there is no interval; values that are not finite do not count") {
  CHECK_FALSE(estimate(torch::tensor({0.5}, torch::kDouble)).interval.has_value());
  const Estimate found = estimate(
      torch::tensor({2.0, std::nan(""), 2.0, std::numeric_limits<double>::infinity()}, torch::kDouble));
  REQUIRE(found.interval.has_value());
  CHECK(found.interval->low == 2.0);
  CHECK(found.interval->high == 2.0);
}

TEST_CASE("of a normal mean the interval holds the truth 19 times in 20, and is as wide as theory says") {
  constexpr int kTrials = 300;
  constexpr int kNotes = 60;
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(5.0, 2.0);
  int holds = 0;
  double width = 0.0;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> sample(kNotes);
    for (double& x : sample) x = normal(random);
    const Estimate found = estimate(weighted_mean(torch::tensor(sample, torch::kDouble),
                                                  draws(kNotes, 400, static_cast<std::uint64_t>(trial))));
    holds += found.interval->low <= 5.0 && 5.0 <= found.interval->high;
    width += (found.interval->high - found.interval->low) / kTrials;
  }
  CHECK(holds > 0.90 * kTrials);
  CHECK(holds < 0.99 * kTrials);
  CHECK(width == doctest::Approx(2.0 * 1.96 * 2.0 / std::sqrt(kNotes)).epsilon(0.05));
}
