#include "lib/evaluation/coverage.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "lib/evaluation/resampling.hpp"
#include "tests/unit/evaluation/support.hpp"

using namespace ictus;
using namespace ictus::evaluation;

namespace {

struct Found {
  double density, coverage;
};

Found found(const torch::Tensor& reference, const torch::Tensor& generated, std::int64_t k = 5) {
  const auto [density, coverage] =
      density_and_coverage(reference, generated, k, once(reference.size(0)), once(generated.size(0)));
  return {density.item<double>(), coverage.item<double>()};
}

double distance(const torch::Tensor& a, const torch::Tensor& b) { return (a - b).norm().item<double>(); }

}  // namespace

TEST_CASE("density and coverage on a line, by hand") {
  // The balls of 0, 1, 3 and 7 to their second nearest: radii 3, 2, 3, 6.
  const torch::Tensor real = torch::tensor({{0.0}, {1.0}, {3.0}, {7.0}}, torch::kDouble);
  // -2.5 lies in the ball of 0; 2.5 in all; 13 in that of 7, on its edge; 20 in none.
  const Found all = found(real, torch::tensor({{-2.5}, {2.5}, {13.0}, {20.0}}, torch::kDouble), 2);
  CHECK(all.density == doctest::Approx((1.0 + 4.0 + 1.0 + 0.0) / (2.0 * 4.0)));
  CHECK(all.coverage == 1.0);
  const Found edge = found(real, torch::tensor({{13.0}}, torch::kDouble), 2);
  CHECK(edge.density == doctest::Approx(0.5));
  CHECK(edge.coverage == doctest::Approx(0.25));
}

TEST_CASE("density and coverage of more notes than are worked on at a time, by their definition") {
  const torch::Tensor real = tests::normal(300, 3, 1);
  const torch::Tensor made = tests::normal(40, 3, 2) * 1.5;
  double inside = 0.0;
  double covered = 0.0;
  for (std::int64_t i = 0; i < 300; ++i) {
    std::vector<double> others;
    for (std::int64_t j = 0; j < 300; ++j)
      if (j != i) others.push_back(distance(real[i], real[j]));
    std::nth_element(others.begin(), others.begin() + 4, others.end());
    int count = 0;
    for (std::int64_t j = 0; j < 40; ++j) count += distance(real[i], made[j]) <= others[4] ? 1 : 0;
    inside += count;
    covered += count > 0 ? 1.0 : 0.0;
  }
  const Found all = found(real, made);
  CHECK(all.density == doctest::Approx(inside / (5.0 * 40.0)));
  CHECK(all.coverage == doctest::Approx(covered / 300.0));
}

TEST_CASE("of one distribution density is 1 and coverage what is expected, for any numbers of notes") {
  for (const std::int64_t made : {400, 100}) {
    CAPTURE(made);
    Found mean{0.0, 0.0};
    for (std::uint64_t trial = 0; trial < 20; ++trial) {
      const Found one = found(tests::normal(400, 4, 2 * trial), tests::normal(made, 4, 2 * trial + 1));
      mean.density += one.density / 20.0;
      mean.coverage += one.coverage / 20.0;
    }
    CHECK(mean.density == doctest::Approx(1.0).epsilon(0.05));
    CHECK(mean.coverage == doctest::Approx(expected_coverage(400, made, 5)).epsilon(0.03));
  }
  CHECK(expected_coverage(1'000'000, 1'000'000, 5) == doctest::Approx(1.0 - 1.0 / 32.0).epsilon(1e-4));
  // One generated note lies in a ball of k of n - 1 others by chance.
  CHECK(expected_coverage(100, 1, 5) == doctest::Approx(5.0 / 100.0));
}

TEST_CASE("clear but few sounds are dense and cover little; noise is neither") {
  const torch::Tensor real = tests::normal(300, 4, 1);
  const Found few = found(real, real.narrow(0, 0, 10).repeat({30, 1}));
  CHECK(few.density > 0.9);
  CHECK(few.coverage < 0.3);
  const Found noise = found(real, 8.0 * tests::normal(300, 4, 2));
  CHECK(noise.density < 0.2);
  CHECK(noise.coverage < 0.3);
}

TEST_CASE("a note that counts twice counts twice, in balls that stay as they are") {
  const torch::Tensor real = tests::normal(30, 2, 1);
  const torch::Tensor made = tests::normal(6, 2, 2);
  const torch::Tensor made_weights = torch::tensor({{2.0, 0.0, 1.0, 3.0, 0.0, 0.0}}, torch::kDouble);
  const auto drawn = density_and_coverage(real, made, 5, once(30), made_weights);
  const Found repeated = found(real, made.index_select(0, torch::tensor({0, 0, 2, 3, 3, 3})));
  CHECK(drawn.density.item<double>() == doctest::Approx(repeated.density));
  CHECK(drawn.coverage.item<double>() == doctest::Approx(repeated.coverage));

  // Of reference notes the balls: those of the first half alone, each twice.
  torch::Tensor halves = torch::zeros({2, 30}, torch::kDouble);
  halves.narrow(0, 0, 1).narrow(1, 0, 15).fill_(2.0);
  halves.narrow(0, 1, 1).narrow(1, 15, 15).fill_(2.0);
  const auto each = density_and_coverage(real, made, 5, halves, once(6).repeat({2, 1}));
  const Found whole = found(real, made);
  CHECK(each.density.mean().item<double>() == doctest::Approx(whole.density));
  CHECK(each.coverage.mean().item<double>() == doctest::Approx(whole.coverage));
}
