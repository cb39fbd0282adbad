#include "lib/plot/projection.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tests/unit/plot/clusters.hpp"

using namespace ictus;
using namespace ictus::plot;

namespace {

std::vector<Vector> vectors_of(const Points& points) {
  std::vector<Vector> vectors(points.count);
  for (std::size_t i = 0; i < points.count; ++i) std::copy_n(points.at(i), 32, vectors[i].begin());
  return vectors;
}

/// CIE L* of a colour of sRGB (IEC 61966-2-1), from 0 to 100.
double lightness(const report::Colour& colour) {
  const auto linear = [](std::uint8_t value) {
    const double part = value / 255.0;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  const double y = 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
  return y > 216.0 / 24389.0 ? 116.0 * std::cbrt(y) - 16.0 : y * 24389.0 / 27.0;
}

double distance(const report::Colour& a, const report::Colour& b) {
  return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);
}

bool within_0_and_1(const std::vector<double>& places) {
  return std::all_of(places.begin(), places.end(), [](double place) { return place >= 0.0 && place <= 1.0; });
}

}  // namespace

TEST_CASE("line_up: well separated clusters stay together, whatever the seed") {
  const auto vectors = vectors_of(tests::clustered_points(400, 32, 8, 0.25, 7));
  REQUIRE(uses_tsne(vectors.size()));
  const auto places = line_up(vectors, 1);
  const auto others = line_up(vectors, 2);
  for (const auto& line : {places, others}) {
    CHECK(within_0_and_1(line));
    CHECK(*std::min_element(line.begin(), line.end()) == 0.0);
    CHECK(*std::max_element(line.begin(), line.end()) == 1.0);
    CHECK(tests::purity(line, 8) >= 0.95);
    CHECK(tests::stretches(line, 8) <= 10);
  }
  CHECK(places != others);
  CHECK(line_up(vectors, 1) == places);
}

TEST_CASE("line_up: few vectors, equal ones, and numbers that are none") {
  CHECK(line_up({}, 1).empty());
  CHECK(colours({}, 1).empty());
  for (const std::size_t count : {1, 2, 3, 4, 7, 8, 9, 31}) {
    CAPTURE(count);
    auto vectors = vectors_of(tests::clustered_points(count, 32, 3, 0.2, 7));
    CHECK(within_0_and_1(line_up(vectors, 1)));
    CHECK(colours(vectors, 1).size() == count);
    vectors.front()[3] = std::numeric_limits<float>::quiet_NaN();
    vectors.front()[4] = std::numeric_limits<float>::infinity();
    CHECK(within_0_and_1(line_up(vectors, 1)));
    const std::vector<Vector> equal(count, vectors.back());
    CHECK(line_up(equal, 1) == std::vector<double>(count, 0.5));
    CHECK(colours(equal, 1).size() == count);
  }
  const auto two = line_up(vectors_of(tests::clustered_points(2, 32, 2, 0.2, 7)), 1);
  CHECK(std::abs(two[0] - two[1]) > 0.5);
}

TEST_CASE("line_up: too many for t-SNE lie along the first component, and outliers do not squeeze them") {
  const std::size_t count = kMostForTsne + 1;
  REQUIRE(!uses_tsne(count));
  ictus::Dice dice(3);
  std::vector<Vector> vectors(count, Vector{});
  std::vector<double> expected;
  for (Vector& vector : vectors) {
    expected.push_back((2.0 * dice.uniform() - 1.0));
    vector[5] = static_cast<float>(0.5 * expected.back());
    vector[9] = static_cast<float>(0.01 * (2.0 * dice.uniform() - 1.0));
  }
  vectors[0][5] = -40.0f;
  vectors[1][5] = 40.0f;
  const auto places = line_up(vectors, 1);
  CHECK(within_0_and_1(places));
  CHECK(places[0] == *std::min_element(places.begin(), places.end()));
  CHECK(places[1] == *std::max_element(places.begin(), places.end()));
  std::size_t low = 0;
  for (std::size_t i = 2; i < count; ++i) {
    if (places[i] < 0.5) ++low;
    if (std::abs(expected[i]) < 0.9)
      CHECK(places[i] == doctest::Approx(0.5 + 0.45 * expected[i]).epsilon(0.1));
  }
  CHECK(static_cast<double>(low) / static_cast<double>(count) == doctest::Approx(0.5).epsilon(0.1));
}

TEST_CASE("colours: similar vectors have similar colours, that can be seen on white and on black") {
  const std::size_t clusters = 6;
  const auto vectors = vectors_of(tests::clustered_points(300, 32, clusters, 0.08, 7));
  const auto found = colours(vectors, 1);
  double within = 0.0;
  double between = 0.0;
  for (std::size_t i = 0; i + clusters + 1 < found.size(); ++i) {
    CHECK(lightness(found[i]) > 40.0);
    CHECK(lightness(found[i]) < 80.0);
    within += distance(found[i], found[i + clusters]);
    between += distance(found[i], found[i + 1]);
  }
  CHECK(between > 2.5 * within);
  const auto same = [](const report::Colour& a, const report::Colour& b) { return distance(a, b) == 0.0; };
  const auto again = colours(vectors, 1);
  const auto others = colours(vectors, 2);
  CHECK(std::equal(found.begin(), found.end(), again.begin(), same));
  CHECK(!std::equal(found.begin(), found.end(), others.begin(), same));
}
