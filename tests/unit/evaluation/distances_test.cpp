#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/evaluation/clusters.hpp"
#include "lib/evaluation/frechet.hpp"
#include "lib/evaluation/inception.hpp"
#include "lib/evaluation/kernel.hpp"
#include "lib/evaluation/neighbours.hpp"
#include "lib/evaluation/resampling.hpp"
#include "tests/unit/evaluation/support.hpp"

using namespace ictus;
using namespace ictus::evaluation;

namespace {

torch::Tensor rows(const std::vector<std::vector<double>>& values) {
  std::vector<torch::Tensor> all;
  for (const auto& row : values) all.push_back(torch::tensor(row, torch::kDouble));
  return torch::stack(all);
}

double value(const torch::Tensor& one) { return one.item<double>(); }

double inception(const torch::Tensor& logits) { return value(inception_score(logits, once(logits.size(0)))); }
double kernel(const torch::Tensor& a, const torch::Tensor& b) {
  return value(kernel_distance(a, b, once(a.size(0)), once(b.size(0))));
}
double frechet(const torch::Tensor& a, const torch::Tensor& b) {
  return value(frechet_distance(a, b, once(a.size(0)), once(b.size(0))));
}

/// The same points with exactly the mean 0 and the covariance 1.
torch::Tensor whitened(const torch::Tensor& x) {
  const torch::Tensor centred = x - x.mean(0);
  const torch::Tensor covariance = centred.t().mm(centred) / static_cast<double>(x.size(0) - 1);
  return centred.mm(torch::linalg_inv(torch::linalg_cholesky(covariance)).t());
}

}  // namespace

TEST_CASE("inception score: from 1, when nothing is told, to the number of classes") {
  CHECK(inception(1000.0 * torch::eye(7, torch::kDouble)) == doctest::Approx(7.0));
  CHECK(inception(torch::zeros({9, 5}, torch::kDouble)) == doctest::Approx(1.0));
  CHECK(inception(torch::full({9, 5}, 3.0) + 100.0 * torch::one_hot(torch::full({9}, 2, torch::kLong), 5)) ==
        doctest::Approx(1.0));  // sure, but always of the same
  // p(y|x) are (3/4, 1/4) and (1/4, 3/4), so p(y) is 1/2: exp(3/4 ln(3/2) + 1/4 ln(1/2)).
  const double ln3 = std::log(3.0);
  CHECK(inception(rows({{ln3, 0.0}, {0.0, ln3}})) ==
        doctest::Approx(std::exp(0.75 * std::log(1.5) + 0.25 * std::log(0.5))));
}

TEST_CASE("inception score: a note that counts twice is two notes") {
  const torch::Tensor logits = tests::normal(6, 4, 1);
  const torch::Tensor weights = rows({{2, 0, 1, 3, 0, 0}});
  const torch::Tensor repeated = logits.index_select(0, torch::tensor({0, 0, 2, 3, 3, 3}));
  CHECK(value(inception_score(logits, weights)) == doctest::Approx(inception(repeated)));
}

TEST_CASE("kernel distance of points by hand") {
  // Squared distances: 16 within a, 48 within b; between them 0, 48, 16 and 32.
  const torch::Tensor a = rows({{0.0, 0.0}, {4.0, 0.0}});
  const torch::Tensor b = rows({{0.0, 0.0}, {4.0, std::sqrt(32.0)}});
  const auto of = [](double squared) { return 16.0 / (16.0 + squared); };
  CHECK(kernel(a, b) == doctest::Approx(of(16) + of(48) - 2.0 * (of(0) + of(48) + of(16) + of(32)) / 4.0));
}

TEST_CASE("kernel distance: 0 in the mean for one distribution, more for two, and by weights as by hand") {
  double mean = 0.0;
  for (std::uint64_t trial = 0; trial < 40; ++trial)
    mean += kernel(tests::normal(50, 6, 2 * trial), tests::normal(40, 6, 2 * trial + 1)) / 40.0;
  CHECK(std::abs(mean) < 0.002);
  CHECK(kernel(tests::normal(50, 6, 1), tests::normal(40, 6, 2) + 2.0) > 0.2);

  // A vector that is drawn twice makes no pair with itself.
  const torch::Tensor x = tests::normal(3, 2, 1);
  const torch::Tensor y = tests::normal(4, 2, 2);
  const auto k = [](const torch::Tensor& p, const torch::Tensor& q) {
    return 16.0 / (16.0 + value((p - q).square().sum()));
  };
  double between = 0.0;
  for (int i = 0; i < 4; ++i) between += (2.0 * k(x[0], y[i]) + k(x[2], y[i])) / 12.0;
  double within_y = 0.0;
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      if (i != j) within_y += k(y[i], y[j]) / 12.0;
  CHECK(value(kernel_distance(x, y, rows({{2, 0, 1}}), once(4))) ==
        doctest::Approx(k(x[0], x[2]) + within_y - 2.0 * between));
}

TEST_CASE("kernel distance of more vectors than are worked on at a time") {
  const torch::Tensor a = tests::normal(700, 3, 5);
  const torch::Tensor b = tests::normal(530, 3, 6) * 1.5;
  const auto gram = [](const torch::Tensor& x, const torch::Tensor& y) {
    return 16.0 / (16.0 + (x.unsqueeze(1) - y.unsqueeze(0)).square().sum(2));
  };
  const double expected = (value(gram(a, a).sum()) - 700.0) / (700.0 * 699.0) +
                          (value(gram(b, b).sum()) - 530.0) / (530.0 * 529.0) -
                          2.0 * value(gram(a, b).mean());
  CHECK(kernel(a, b) == doctest::Approx(expected));
}

TEST_CASE("Frechet distance of known Gaussians") {
  SUBCASE("of one dimension: the difference of means and of deviations") {
    const torch::Tensor x = whitened(tests::normal(100, 1, 1));
    CHECK(frechet(x * 2.0 + 1.0, x * 0.5 - 2.0) == doctest::Approx(9.0 + 2.25));
    CHECK(frechet(x, x) == doctest::Approx(0.0));
  }
  SUBCASE("of several, rotated together: as along their axes") {
    const torch::Tensor x = whitened(tests::normal(200, 3, 2));
    const auto [rotation, triangle] = torch::linalg_qr(tests::normal(3, 3, 3));
    const torch::Tensor a = (x * torch::tensor({1.0, 2.0, 3.0}, torch::kDouble)).mm(rotation);
    const torch::Tensor b = (x * torch::tensor({4.0, 1.0, 0.0}, torch::kDouble)).mm(rotation) + 1.0;
    CHECK(frechet(a, b) == doctest::Approx(3.0 + 9.0 + 1.0 + 9.0));
  }
  SUBCASE("rotated against each other: tr (S_a S_b)^1/2 of 2 x 2 matrices is (tr + 2 det^1/2)^1/2") {
    const torch::Tensor x = whitened(tests::normal(300, 2, 4));
    const double c = std::cos(0.7);
    const double s = std::sin(0.7);
    const torch::Tensor a = x * torch::tensor({1.0, 3.0}, torch::kDouble);
    const torch::Tensor b = (x * torch::tensor({2.0, 0.5}, torch::kDouble)).mm(rows({{c, s}, {-s, c}}));
    // S_a = diag(1, 9); S_b = R' diag(4, 1/4) R.
    const double b_first = 4.0 * c * c + 0.25 * s * s;
    const double b_second = 4.0 * s * s + 0.25 * c * c;
    const double root_trace = std::sqrt(1.0 * b_first + 9.0 * b_second + 2.0 * std::sqrt(9.0 * 1.0));
    CHECK(frechet(a, b) == doctest::Approx(10.0 + 4.25 - 2.0 * root_trace));
  }
}

TEST_CASE("Frechet distance: symmetric, 0 to itself even with fewer vectors than numbers, refused below 2") {
  const torch::Tensor a = tests::normal(30, 64, 1) * 10.0;
  const torch::Tensor b = tests::normal(20, 64, 2);
  CHECK(frechet(a, b) == doctest::Approx(frechet(b, a)));
  CHECK(frechet(a, a) < 1e-7 * value(a.square().sum(1).mean()));
  CHECK_THROWS_AS(frechet(a, b.narrow(0, 0, 1)), Error);
  const torch::Tensor twice = rows({{2, 0, 1, 0}});
  const torch::Tensor x = tests::normal(4, 2, 5);
  CHECK(value(frechet_distance(x, b.narrow(1, 0, 2), twice, once(20))) ==
        doctest::Approx(frechet(x.index_select(0, torch::tensor({0, 0, 2})), b.narrow(1, 0, 2))));
}

TEST_CASE("k-means finds clusters that lie apart, the same ones for a seed") {
  std::vector<torch::Tensor> parts;
  for (int i = 0; i < 5; ++i)
    parts.push_back(0.1 * tests::normal(20, 3, 10 + static_cast<std::uint64_t>(i)) + 10.0 * i);
  const torch::Tensor points = torch::cat(parts);
  const torch::Tensor centres = k_means(points, 5, 1);
  const torch::Tensor bins = nearest_centres(points, centres);
  for (int i = 0; i < 5; ++i) {
    const torch::Tensor own = bins.narrow(0, 20 * i, 20);
    CHECK((own == own[0]).all().item<bool>());
    CHECK((centres[own[0].item<std::int64_t>()] - parts[static_cast<std::size_t>(i)].mean(0))
              .abs()
              .max()
              .item<double>() < 1e-12);
  }
  CHECK(bin_counts(bins, 5, once(100)).equal(torch::full({1, 5}, 20.0, torch::kDouble)));
  CHECK(k_means(points, 5, 1).equal(centres));
}

TEST_CASE("k-means of points that are all alike ends") {
  const torch::Tensor points = torch::ones({10, 2}, torch::kDouble);
  CHECK(k_means(points, 3, 1).equal(torch::ones({3, 2}, torch::kDouble)));
}

TEST_CASE("bins differ by a two-proportion z-test") {
  // 30 of 100 against 44 of 100: z = -0.14 / sqrt(0.37 * 0.63 * 0.02) = -2.05, p = 0.040; against 43: z =
  // -1.91.
  const torch::Tensor reference = rows({{30, 70}});
  CHECK(value(different_bins(reference, rows({{44, 56}}))) == 1.0);
  CHECK(value(different_bins(reference, rows({{43, 57}}))) == 0.0);
  // Bins that both leave empty are alike: only two of four differ here.
  CHECK(value(different_bins(rows({{50, 25, 25, 0}}), rows({{20, 25, 55, 0}}))) == 0.5);
  // Rows are draws of their own.
  const torch::Tensor both = different_bins(rows({{30, 70}, {30, 70}}), rows({{44, 56}, {30, 70}}));
  CHECK(value(both[0]) == 1.0);
  CHECK(value(both[1]) == 0.0);
}

TEST_CASE("of one distribution about a twentieth of the bins differ") {
  double mean = 0.0;
  for (std::uint64_t trial = 0; trial < 10; ++trial) {
    const torch::Tensor reference = tests::normal(2000, 4, 100 + trial);
    const torch::Tensor centres = k_means(reference, 20, trial);
    const torch::Tensor other = tests::normal(1000, 4, 200 + trial);
    mean += value(different_bins(bin_counts(nearest_centres(reference, centres), 20, once(2000)),
                                 bin_counts(nearest_centres(other, centres), 20, once(1000)))) /
            10.0;
  }
  CHECK(mean > 0.01);
  CHECK(mean < 0.12);
}

TEST_CASE("Jensen-Shannon divergence: 0 of the same, 1 bit of what has nothing in common") {
  CHECK(value(js_divergence(rows({{10, 30}}), rows({{1, 3}}))) == doctest::Approx(0.0));
  CHECK(value(js_divergence(rows({{10, 0}}), rows({{0, 3}}))) == doctest::Approx(1.0));
  // p = (1, 0), q = (1/2, 1/2), m = (3/4, 1/4): (log2(4/3) + 1/2 log2(2/3) + 1/2 log2(2)) / 2.
  CHECK(value(js_divergence(rows({{4, 0}}), rows({{2, 2}}))) ==
        doctest::Approx((std::log2(4.0 / 3.0) + 0.5 * std::log2(2.0 / 3.0) + 0.5) / 2.0));
}

TEST_CASE("nearest neighbours by angle") {
  const torch::Tensor candidates = rows({{0.0, 1.0}, {5.0, 0.0}, {-1.0, 0.0}});
  const Neighbours found = nearest_by_cosine(rows({{2.0, 0.0}, {1.0, 2.0}}), candidates, 2);
  CHECK(found.places.equal(torch::tensor({1, 0, 0, 1}, torch::kLong).reshape({2, 2})));
  CHECK(value(found.distances[0][0]) == doctest::Approx(0.0));
  CHECK(value(found.distances[0][1]) == doctest::Approx(1.0));
  CHECK(value(found.distances[1][0]) == doctest::Approx(1.0 - 2.0 / std::sqrt(5.0)));
  CHECK(nearest_by_cosine(candidates, candidates, 9).places.size(1) == 3);
  CHECK(value(nearest_by_cosine(torch::zeros({1, 2}), candidates, 1).distances[0][0]) == 1.0);
}

TEST_CASE("share of distances below a quantile of others") {
  const torch::Tensor real = torch::arange(1, 21, torch::kDouble);  // 1 .. 20: median 10, 5th percentile 1
  const torch::Tensor made = torch::tensor({0.5, 1.0, 9.0, 10.0}, torch::kDouble);
  const auto share = [&](double quantile) {
    return value(share_below_quantile(made, real, quantile, once(4), once(20)));
  };
  CHECK(share(0.5) == 0.75);
  CHECK(share(0.05) == 0.25);
  CHECK(value(share_below_quantile(torch::zeros({3}), real, 0.05, once(3), once(20))) == 1.0);
  // Only the real 20 was drawn, and of the generated ones 9 twice and 10 once.
  torch::Tensor last = torch::zeros({1, 20}, torch::kDouble);
  last[0][19] = 20.0;
  CHECK(value(share_below_quantile(made + 10.5, real, 0.5, rows({{0, 0, 2, 1}}), last)) ==
        doctest::Approx(2.0 / 3.0));
  const torch::Tensor same = tests::normal(400, 1, 1).flatten();
  CHECK(value(share_below_quantile(same, same, 0.5, once(400), once(400))) ==
        doctest::Approx(0.5).epsilon(0.01));
}
