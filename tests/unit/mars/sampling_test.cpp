#include "lib/mars/sampling.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "lib/core/error.hpp"

using namespace ictus;
using mars::SamplingSettings;

namespace {

constexpr std::int64_t kDraws = 20'000;

/// How often each token came.
std::vector<std::int64_t> counts(const std::vector<float>& logits, const SamplingSettings& settings,
                                 std::uint64_t seed = 1) {
  const auto size = static_cast<std::int64_t>(logits.size());
  const torch::Tensor rows = torch::tensor(logits).unsqueeze(0).expand({kDraws, size});
  std::mt19937_64 random(seed);
  const torch::Tensor tokens = mars::sample(rows, settings, random);
  std::vector<std::int64_t> found(logits.size());
  for (std::int64_t i = 0; i < kDraws; ++i)
    ++found.at(static_cast<std::size_t>(tokens[i].item<std::int64_t>()));
  return found;
}

/// Each count within 4 standard deviations of a binomial distribution; none where the chance is 0.
void check_counts(const std::vector<std::int64_t>& found, const std::vector<double>& chances) {
  REQUIRE(found.size() == chances.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    const double p = chances[i];
    CHECK(std::abs(static_cast<double>(found[i]) - kDraws * p) <= 4.0 * std::sqrt(kDraws * p * (1.0 - p)));
  }
}

std::vector<double> softmax(const std::vector<float>& logits, double temperature) {
  std::vector<double> chances;
  double sum = 0.0;
  for (const float logit : logits) {
    chances.push_back(std::exp(logit / temperature));
    sum += chances.back();
  }
  for (double& chance : chances) chance /= sum;
  return chances;
}

const std::vector<float> kLogits = {0.3F, -1.2F, 2.0F, 0.0F, 1.1F, -4.0F, 2.0F};
/// Chances of 0.1, 0.5, 0.15, 0.25.
const std::vector<float> kKnown = {std::log(0.1F), std::log(0.5F), std::log(0.15F), std::log(0.25F)};

}  // namespace

TEST_CASE("tokens come as often as the softmax of their logits says, at any temperature") {
  for (const double temperature : {0.5, 1.0, 2.0}) {
    CAPTURE(temperature);
    check_counts(counts(kLogits, {.temperature = temperature}), softmax(kLogits, temperature));
  }
}

TEST_CASE(
    "without temperature, or with one token to choose from, it is the likeliest, of several the first") {
  for (const SamplingSettings& settings :
       {SamplingSettings{.temperature = 0.0}, SamplingSettings{.top_k = 1}, SamplingSettings{.top_p = 1e-6},
        SamplingSettings{.temperature = 1e-300, .top_k = 1}})
    CHECK(counts(kLogits, settings)[2] == kDraws);
  // So small a temperature leaves nothing but the two that are equally likely.
  check_counts(counts(kLogits, {.temperature = 1e-300}), {0, 0, 0.5, 0, 0, 0, 0.5});
}

TEST_CASE("top k keeps the k likeliest in their proportions") {
  check_counts(counts(kKnown, {.top_k = 2}), {0, 2.0 / 3.0, 0, 1.0 / 3.0});
  check_counts(counts(kKnown, {.top_k = 3}), {0, 0.5 / 0.9, 0.15 / 0.9, 0.25 / 0.9});
  for (const int all : {0, 4, 5, 65536}) check_counts(counts(kKnown, {.top_k = all}), {0.1, 0.5, 0.15, 0.25});
}

TEST_CASE("top p keeps as few of the likeliest as have so much of the chance together") {
  check_counts(counts(kKnown, {.top_p = 0.49}), {0, 1, 0, 0});
  check_counts(counts(kKnown, {.top_p = 0.51}), {0, 2.0 / 3.0, 0, 1.0 / 3.0});
  check_counts(counts(kKnown, {.top_p = 0.74}), {0, 2.0 / 3.0, 0, 1.0 / 3.0});
  check_counts(counts(kKnown, {.top_p = 0.89}), {0, 0.5 / 0.9, 0.15 / 0.9, 0.25 / 0.9});
  check_counts(counts(kKnown, {.top_p = 1.0}), {0.1, 0.5, 0.15, 0.25});
  // Of what the temperature makes of the chances: squared and scaled these are 0.029, 0.725, 0.065, 0.181.
  check_counts(counts(kKnown, {.temperature = 0.5, .top_p = 0.7}), {0, 1, 0, 0});
  // Of what top k leaves: 0.5 of 0.75 is more than 0.6 of it.
  check_counts(counts(kKnown, {.top_k = 2, .top_p = 0.6}), {0, 1, 0, 0});
}

TEST_CASE("every row takes one number of chance, whatever the settings") {
  torch::manual_seed(3);
  const torch::Tensor logits = torch::randn({50, 30});
  std::mt19937_64 random(7);
  const torch::Tensor tokens = mars::sample(logits, {}, random);
  CHECK(tokens.sizes() == torch::IntArrayRef({50}));
  CHECK(tokens.dtype() == torch::kLong);
  for (const SamplingSettings& settings :
       {SamplingSettings{.temperature = 0.0}, SamplingSettings{.top_k = 3}, SamplingSettings{.top_p = 0.3},
        SamplingSettings{.temperature = 3.0}}) {
    std::mt19937_64 other(7);
    static_cast<void>(mars::sample(logits, settings, other));
    CHECK(other == random);
  }
  std::mt19937_64 in_parts(7);
  const torch::Tensor first = mars::sample(logits.narrow(0, 0, 20), {}, in_parts);
  CHECK(torch::equal(torch::cat({first, mars::sample(logits.narrow(0, 20, 30), {}, in_parts)}), tokens));
  std::mt19937_64 again(7);
  CHECK(torch::equal(mars::sample(logits, {}, again), tokens));
}

TEST_CASE("settings that make no sense are named") {
  const auto refused = [](const SamplingSettings& settings, const char* about) {
    CHECK_THROWS_WITH_AS(mars::check(settings), doctest::Contains(about), Error);
  };
  refused({.guidance = -1.0}, "guidance");
  refused({.guidance = 101.0}, "guidance");
  refused({.temperature = -0.1}, "temperature");
  refused({.temperature = std::nan("")}, "temperature");
  refused({.top_k = -1}, "top_k");
  refused({.top_p = 0.0}, "top_p");
  refused({.top_p = 1.1}, "top_p");
  mars::check({});
  mars::check({.guidance = 0.0, .temperature = 0.0});
}
