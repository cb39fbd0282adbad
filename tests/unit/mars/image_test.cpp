#include "models/mars/image.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "models/mars/distance.hpp"

using namespace ictus;

TEST_CASE("the image's scale runs from silence at -1 to the level at 1, and is undone exactly") {
  const models::TokenizerConfig c;
  const torch::Tensor ends = torch::tensor({0.0F, 1.0F}).reshape({1, 2, 1});
  const torch::Tensor image = models::image_of(ends, c);
  CHECK(image[0][0][0][0].item<double>() == doctest::Approx(-1.0).epsilon(1e-5));
  CHECK(image[0][0][1][0].item<double>() == doctest::Approx(1.0).epsilon(1e-3));

  torch::manual_seed(1);
  const torch::Tensor magnitude = torch::exp(-6.0 * torch::rand({2, 16, 8}));  // 52 dB
  const torch::Tensor back = models::magnitudes_of(models::image_of(magnitude, c), c);
  CHECK((back / magnitude - 1.0).abs().max().item<double>() < 1e-3);
  CHECK(models::magnitudes_of(torch::full({1, 1, 2, 2}, -3.0), c).max().item<double>() < 1e-9);
}

TEST_CASE("equal steps in decibels are equal steps in the image, well above the floor") {
  const models::TokenizerConfig c;
  const auto at = [&](double db) {
    return models::image_of(torch::full({1, 1, 1}, std::pow(10.0, db / 20.0)), c).item<double>();
  };
  CHECK(at(0) - at(-10) == doctest::Approx(2.0 / 70.0 * 10.0).epsilon(0.01));
  CHECK(at(-20) - at(-30) == doctest::Approx(2.0 / 70.0 * 10.0).epsilon(0.02));
}

TEST_CASE("a sine is one ridge at its frequency") {
  const models::TokenizerConfig c;
  const torch::Tensor t = torch::arange(8192, torch::kDouble) / 16000.0;
  const torch::Tensor sine = torch::sin(2.0 * std::numbers::pi * 1000.0 * t).to(torch::kFloat);
  const torch::Tensor magnitude = models::magnitudes(sine.unsqueeze(0), c);  // [1, 512, T]
  CHECK(magnitude.size(1) == 512);
  CHECK(magnitude.size(2) == (8192 - 1024) / 256 + 1);
  CHECK(magnitude.argmax(1).eq(64).all().item<bool>());  // 1000 / (16000 / 1024)
}

TEST_CASE("distances are in decibels") {
  const models::TokenizerConfig c;
  const models::ImageDistance distance(c, torch::kCPU);
  torch::manual_seed(2);
  const torch::Tensor magnitude = 0.05 + 0.4 * torch::rand({1, 512, 4});
  const torch::Tensor image = models::image_of(magnitude, c);
  CHECK(distance.bins_db(image, image).item<double>() == 0.0);
  CHECK(distance.bands_db(image, image).item<double>() == 0.0);
  const torch::Tensor softer = models::image_of(0.5 * magnitude, c);  // 6.02 dB
  CHECK(distance.bins_db(image, softer).item<double>() == doctest::Approx(6.02).epsilon(0.02));
  CHECK(distance.bands_db(image, softer).item<double>() == doctest::Approx(6.02).epsilon(0.02));
  CHECK(distance.loudness_db(image, image).item<double>() == 0.0);
  CHECK(distance.loudness_db(image, softer).item<double>() == doctest::Approx(6.02).epsilon(0.02));
  // The same power in every band, placed in other bins: a difference for the bins, little for wide bands.
  const torch::Tensor flipped =
      models::image_of(torch::where(torch::arange(512).remainder(2).eq(0).reshape({1, 512, 1}),
                                    torch::full({1, 512, 4}, 0.5), torch::full({1, 512, 4}, 0.1)),
                       c);
  const torch::Tensor other =
      models::image_of(torch::where(torch::arange(512).remainder(2).eq(1).reshape({1, 512, 1}),
                                    torch::full({1, 512, 4}, 0.5), torch::full({1, 512, 4}, 0.1)),
                       c);
  CHECK(distance.bands_db(flipped, other).item<double>() <
        0.5 * distance.bins_db(flipped, other).item<double>());
}

TEST_CASE("the loudness distance sees what is loud, as it is loud, and nothing where the sound is silent") {
  const models::TokenizerConfig c;
  const models::ImageDistance distance(c, torch::kCPU);
  // Two bins, 500 Hz and 2 kHz, the second 20 dB softer: weights of 1 and 10^-0.6.
  const auto image = [&c](double low, double high, double highest) {
    torch::Tensor magnitude = torch::zeros({1, 512, 16});
    magnitude.select(1, 32).fill_(low);
    magnitude.select(1, 128).fill_(high);
    magnitude.select(1, 400).fill_(highest);
    return models::image_of(magnitude, c);
  };
  const auto off_db = [&](const torch::Tensor& other) {
    return distance.loudness_db(image(1.0, 0.1, 0.0), other).item<double>();
  };
  const double weight = std::pow(10.0, -0.6);
  CHECK(off_db(image(0.5, 0.1, 0.0)) == doctest::Approx(6.02 / (1.0 + weight)).epsilon(0.01));
  CHECK(off_db(image(1.0, 0.2, 0.0)) == doctest::Approx(6.02 * weight / (1.0 + weight)).epsilon(0.02));
  CHECK(off_db(image(1.0, 0.1, 0.5)) == doctest::Approx(0.0));
  // Half of every block, on and off within 128 ms, is as loud as half the power throughout.
  const torch::Tensor steady = image(std::sqrt(0.5), 0.1 * std::sqrt(0.5), 0.0);
  torch::Tensor beating = image(1.0, 0.1, 0.0);
  for (const std::int64_t frame : {0, 2, 5, 7, 8, 10, 12, 14}) beating.select(3, frame).fill_(-1.0);
  CHECK(distance.loudness_db(steady, beating).item<double>() < 0.02);
}
