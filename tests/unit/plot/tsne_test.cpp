#include "lib/plot/tsne.hpp"

#include <doctest/doctest.h>

#include "tests/unit/plot/clusters.hpp"

using namespace ictus;
using namespace ictus::plot;

TEST_CASE("tsne: clusters stay together, in few dimensions and in many") {
  for (const std::size_t dimensions : {3, 32, 50}) {
    CAPTURE(dimensions);
    const Points points = tests::clustered_points(240, dimensions, 4, 0.15, 3);
    const auto places = tsne(points, 30.0, 1);
    CHECK(tests::purity(places, 4) >= 0.95);
    CHECK(tests::stretches(places, 4) <= 6);
  }
}

TEST_CASE("tsne: points along a curve keep their order") {
  // More than half a circle: its two ends lie at the same place along the first component.
  Points points{150, 2, {}};
  for (std::size_t i = 0; i < points.count; ++i) {
    const double angle = 4.5 * static_cast<double>(i) / static_cast<double>(points.count);
    points.values.push_back(static_cast<float>(std::cos(angle)));
    points.values.push_back(static_cast<float>(std::sin(angle)));
  }
  auto places = tsne(points, 10.0, 1);
  if (places.front() > places.back()) std::reverse(places.begin(), places.end());
  CHECK(std::is_sorted(places.begin(), places.end()));
}

TEST_CASE("tsne: more equal points than there are to be neighbours leave room for the others") {
  // 50 points on one place, among them some of three clusters.
  Points points = tests::clustered_points(110, 8, 3, 0.1, 3);
  for (std::size_t i = 0; i < points.count; ++i) {
    if (i % 11 < 5) std::fill_n(points.values.begin() + static_cast<std::ptrdiff_t>(8 * i), 8, 0.9f);
  }
  const auto places = tsne(points, 10.0, 1);
  double low = 1e9;
  double high = -1e9;
  for (std::size_t i = 0; i < points.count; ++i) {
    REQUIRE(std::isfinite(places[i]));
    if (i % 11 >= 5) continue;
    low = std::min(low, places[i]);
    high = std::max(high, places[i]);
  }
  for (std::size_t i = 0; i < points.count; ++i) {
    if (i % 11 >= 5) CHECK((places[i] < low || places[i] > high));
  }
}

TEST_CASE("tsne: equal points and points far away from all others are no harm") {
  Points points = tests::clustered_points(60, 32, 3, 0.1, 3);
  for (std::size_t k = 0; k < 40 * points.dimensions; ++k) points.values[k] = points.values[k % 32];
  std::fill(points.values.end() - 32, points.values.end(), 1e6f);
  for (const double place : tsne(points, 10.0, 1)) CHECK(std::isfinite(place));
}
