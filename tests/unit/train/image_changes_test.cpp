#include "lib/train/image_changes.hpp"

#include <doctest/doctest.h>

using namespace ictus;

namespace {

constexpr int kBands = 192;
constexpr train::Equaliser kBy{.bands_per_octave = 24, .range_db = 70.0, .most_db = 12.0};

}  // namespace

TEST_CASE("an equalised image keeps its loudest place at 1 and its silence, and changes smoothly") {
  std::mt19937_64 random(3);
  torch::Tensor image = torch::zeros({1, 1, kBands, 4});
  image.select(3, 1).fill_(-1.0);  // a silent frame
  image[0][0][70][2] = 1.0;
  double most = 0.0;
  for (int trial = 0; trial < 50; ++trial) {
    const torch::Tensor changed = train::equalised(image, random, kBy);
    REQUIRE(changed.sizes() == image.sizes());
    CHECK(changed.max().item<double>() == doctest::Approx(1.0));
    CHECK(changed.min().item<double>() >= -1.0);
    CHECK(changed.select(3, 1).equal(image.select(3, 1)));
    CHECK(changed.select(3, 0).equal(changed.select(3, 3)));  // a band changes alike at all times
    // Five bumps of 12 dB, the steepest a quarter of an octave wide, change by 15 dB a band at the very most.
    const torch::Tensor course = changed.select(3, 0).flatten();
    const torch::Tensor steps = (course.slice(0, 1) - course.slice(0, 0, -1)).abs();
    CHECK(steps.max().item<double>() < 15.0 * 2.0 / 70.0);
    most = std::max(most, (course - course.mean()).abs().max().item<double>());
  }
  CHECK(most > 6.0 * 2.0 / 70.0);
}

TEST_CASE("an equaliser of 0 dB changes nothing, and a silent image stays silent") {
  std::mt19937_64 random(4);
  torch::Tensor image = torch::rand({1, 1, kBands, 5}) * 1.9 - 1.0;
  image[0][0][5][3] = 1.0;
  CHECK(torch::allclose(train::equalised(image, random, {24, 70.0, 0.0}), image));
  const torch::Tensor silence = torch::full({1, 1, kBands, 5}, -1.0);
  CHECK(train::equalised(silence, random, kBy).equal(silence));
}
