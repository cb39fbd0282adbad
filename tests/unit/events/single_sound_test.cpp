#include "lib/events/single_sound.hpp"

#include <doctest/doctest.h>

using namespace ictus;

TEST_CASE("one spectrum that swells and fades is a single sound, many are not") {
  torch::manual_seed(4);
  const torch::Tensor spectrum = torch::rand({60, 1}).pow(8);
  const torch::Tensor envelope = torch::rand({1, 40});
  const torch::Tensor one = (spectrum * envelope).unsqueeze(0);
  CHECK(events::likeness_to_single_sound(one) == doctest::Approx(1.0));
  CHECK(events::likeness_to_single_sound(100.0 * one) == doctest::Approx(1.0));
  // A second of the same energy that takes over from the first: each holds half of it.
  const torch::Tensor other = torch::cat({torch::zeros({60, 20}), torch::ones({60, 20})}, 1);
  const torch::Tensor two = torch::cat({(torch::ones({60, 40}) - other), other}, 0).unsqueeze(0);
  CHECK(events::likeness_to_single_sound(two) == doctest::Approx(0.0));
  CHECK(events::likeness_to_single_sound(torch::rand({1, 60, 40}).log().neg().pow(2)) < 0.2);
  CHECK(events::likeness_to_single_sound(torch::zeros({1, 60, 40})) == 0.0);
}
