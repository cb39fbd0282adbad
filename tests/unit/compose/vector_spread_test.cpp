#include "lib/compose/vector_spread.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

TEST_CASE("mean and covariance are those of the textbook") {
  VectorSpread spread;
  Vector a{};
  Vector b{};
  Vector c{};
  a[0] = 0.1F, a[1] = 0.2F;
  b[0] = 0.3F, b[1] = 0.6F;
  c[0] = 0.5F, c[1] = 0.1F;
  for (const Vector& vector : {a, b, c}) spread.add(vector);
  CHECK(spread.mean()[0] == doctest::Approx(0.3));
  CHECK(spread.mean()[1] == doctest::Approx(0.3));
  CHECK(spread.covariance()[0][0] == doctest::Approx(0.04));
  CHECK(spread.covariance()[1][1] == doctest::Approx(0.07));
  CHECK(spread.covariance()[0][1] == doctest::Approx(-0.01));
  CHECK(spread.covariance()[2][2] == 0.0);
}

TEST_CASE("drawn vectors have the mean and the covariance that were asked for") {
  std::array<double, kEventVectorSize> mean{};
  Matrix covariance{};
  mean[0] = 0.2;
  mean[1] = -0.1;
  covariance[0][0] = 0.01;
  covariance[1][1] = 0.04;
  covariance[0][1] = covariance[1][0] = 0.015;
  const VectorSource source(mean, covariance);
  Dice dice(4);
  VectorSpread drawn;
  for (int i = 0; i < 20'000; ++i) drawn.add(source.draw(dice));
  CHECK(drawn.mean()[0] == doctest::Approx(0.2).epsilon(0.02));
  CHECK(drawn.mean()[1] == doctest::Approx(-0.1).epsilon(0.05));
  CHECK(drawn.covariance()[0][0] == doctest::Approx(0.01).epsilon(0.05));
  CHECK(drawn.covariance()[1][1] == doctest::Approx(0.04).epsilon(0.05));
  CHECK(drawn.covariance()[0][1] == doctest::Approx(0.015).epsilon(0.05));
  CHECK(drawn.covariance()[5][5] == 0.0);
}

TEST_CASE("numbers stay within -1 to 1, and one vector is drawn again as it is") {
  VectorSpread spread;
  Vector one{};
  one.fill(0.5F);
  spread.add(one);
  Dice dice(1);
  CHECK(VectorSource(spread).draw(dice) == one);
  std::array<double, kEventVectorSize> mean{};
  Matrix covariance{};
  for (std::size_t i = 0; i < kEventVectorSize; ++i) covariance[i][i] = 25.0;
  const VectorSource wild(mean, covariance);
  for (int i = 0; i < 100; ++i) {
    for (const float number : wild.draw(dice)) CHECK(std::abs(number) <= 1.0F);
  }
}

TEST_CASE("a file says how vectors are spread, for one model") {
  const formats::WeightsHash hash{1, 2, 3};
  nlohmann::json json = {{"weights_hash", formats::hexadecimal(hash)},
                         {"mean", std::vector<double>(32, 0.25)},
                         {"covariance", std::vector<std::vector<double>>(32, std::vector<double>(32, 0.0))}};
  Dice dice(1);
  Vector expected{};
  expected.fill(0.25F);
  CHECK(parse_vector_source(json.dump(), "m", hash).draw(dice) == expected);
  CHECK_THROWS_AS((void)parse_vector_source(json.dump(), "m", {9}), Error);
  CHECK_THROWS_AS((void)parse_vector_source("{}", "m", hash), Error);
  CHECK_THROWS_AS((void)parse_vector_source("nonsense", "m", hash), Error);
  json["mean"] = {1.0};
  CHECK_THROWS_AS((void)parse_vector_source(json.dump(), "m", hash), Error);
}

}  // namespace
}  // namespace ictus::compose
