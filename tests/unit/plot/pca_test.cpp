#include "lib/plot/pca.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "lib/core/dice.hpp"

using namespace ictus::plot;

TEST_CASE("pca: the direction of two dimensions has a closed form") {
  // Covariances of 3, 1 and 0.8: the angle is atan2(2 * 0.8, 3 - 1) / 2.
  // Two independent numbers of unit variance, mixed by the Cholesky factor of that matrix.
  ictus::Dice dice(5);
  Points points{40000, 2, {}};
  const double l11 = std::sqrt(3.0);
  const double l21 = 0.8 / l11;
  const double l22 = std::sqrt(1.0 - l21 * l21);
  for (std::size_t i = 0; i < points.count; ++i) {
    const double a = std::sqrt(3.0) * (2.0 * dice.uniform() - 1.0);
    const double b = std::sqrt(3.0) * (2.0 * dice.uniform() - 1.0);
    points.values.push_back(static_cast<float>(l11 * a + 10.0));
    points.values.push_back(static_cast<float>(l21 * a + l22 * b - 4.0));
  }
  const auto component = first_component(points);
  CHECK(std::atan2(component[1], component[0]) == doctest::Approx(0.5 * std::atan2(1.6, 2.0)).epsilon(0.03));
  CHECK(std::hypot(component[0], component[1]) == doctest::Approx(1.0));
}

TEST_CASE("pca: an elongated cloud in 32 dimensions") {
  ictus::Dice dice(9);
  std::vector<double> axis(32);
  double power = 0.0;
  for (double& value : axis) power += std::pow(value = (2.0 * dice.uniform() - 1.0), 2);
  Points points{3000, 32, {}};
  for (std::size_t i = 0; i < points.count; ++i) {
    const double place = (2.0 * dice.uniform() - 1.0);
    for (const double value : axis) {
      points.values.push_back(
          static_cast<float>(place * value / std::sqrt(power) + 0.05 * (2.0 * dice.uniform() - 1.0)));
    }
  }
  const auto component = first_component(points);
  double cosine = 0.0;
  for (std::size_t k = 0; k < axis.size(); ++k) cosine += component[k] * axis[k] / std::sqrt(power);
  CHECK(std::abs(cosine) > 0.999);
}

TEST_CASE("pca: places are distances from the mean") {
  const auto places = along({3, 2, {0.0f, 0.0f, 3.0f, 4.0f, 6.0f, 8.0f}}, {0.6, 0.8});
  CHECK(places[0] == doctest::Approx(-5.0));
  CHECK(places[1] == doctest::Approx(0.0));
  CHECK(places[2] == doctest::Approx(5.0));
}

TEST_CASE("pca: points on one place, and none, have no direction") {
  CHECK(first_component({3, 2, {0.3f, 0.1f, 0.3f, 0.1f, 0.3f, 0.1f}}) == std::vector<double>{0.0, 0.0});
  CHECK(first_component({0, 2, {}}) == std::vector<double>{0.0, 0.0});
}
