#include "models/judges/image.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

using namespace ictus;

namespace {

/// Every octave of the lowest band is the centre of a bin, 7.8125 Hz apart.
models::JudgeConfig octaves() {
  models::JudgeConfig c;
  c.window_samples = 2048;
  c.lowest_hz = 31.25;
  c.bands_per_octave = 24;
  c.bands = 168;
  c.clip_samples = 16384;
  return c;
}

torch::Tensor sine(double frequency_hz, const models::JudgeConfig& c) {
  const torch::Tensor t = torch::arange(c.clip_samples, torch::kDouble) / c.sample_rate_hz;
  return torch::sin(2.0 * std::numbers::pi * frequency_hz * t).to(torch::kFloat).unsqueeze(0);
}

}  // namespace

TEST_CASE("a sine lies in the band of its frequency, whatever its level") {
  const models::JudgeConfig c = octaves();
  const models::JudgeImage image(c, torch::kCPU);
  for (const double gain : {1.0, 1e-4, 30.0}) {
    const torch::Tensor seen = image.of(gain * sine(1000.0, c));
    REQUIRE(seen.sizes() == torch::IntArrayRef({1, 1, 168, 32}));
    const torch::Tensor frame = seen[0][0].select(1, 16);
    CHECK(frame.argmax().item<std::int64_t>() == 5 * 24);  // five octaves above 31.25 Hz
    CHECK(frame.max().item<double>() == doctest::Approx(1.0).epsilon(1e-4));
    CHECK(frame[3 * 24].item<double>() == -1.0);  // two octaves below: nothing
  }
  CHECK(torch::allclose(image.of(1e-4 * sine(300.0, c)), image.of(sine(300.0, c)), 0.0, 1e-3));
}

TEST_CASE("levels are in decibels below the loudest place") {
  const models::JudgeConfig c = octaves();
  const torch::Tensor frame =
      models::JudgeImage(c, torch::kCPU).of(sine(1000.0, c) + 0.1 * sine(500.0, c))[0][0].select(1, 16);
  // A periodic Hann window leaves of a sine in the centre of a bin that bin and a quarter of its power in
  // either neighbour. The triangle over 500 Hz ends 500 (2^(1/24) - 1) / 7.8125 = 1.876 bins away, that over
  // 1000 Hz 3.751: the neighbours count by 1 - 1/1.876 = 0.4669 and 1 - 1/3.751 = 0.7334.
  const double below_db = 20.0 + 10.0 * std::log10((1.0 + 0.5 * 0.7334) / (1.0 + 0.5 * 0.4669));
  CHECK((1.0 - frame[4 * 24].item<double>()) * 35.0 == doctest::Approx(below_db).epsilon(1e-3));
}

TEST_CASE("silence is the lowest level everywhere") {
  const models::JudgeConfig c = octaves();
  CHECK(models::JudgeImage(c, torch::kCPU).of(torch::zeros({2, c.clip_samples})).eq(-1.0).all().item<bool>());
}

TEST_CASE("frame i is centred on sample i * hop") {
  const models::JudgeConfig c = octaves();
  torch::Tensor click = torch::zeros({1, c.clip_samples});
  click[0][10 * c.hop_samples] = 1.0;
  const torch::Tensor level = models::JudgeImage(c, torch::kCPU).of(click)[0][0].mean(0);  // [frames]
  CHECK(level.argmax().item<std::int64_t>() == 10);
  CHECK(level[9].item<double>() == doctest::Approx(level[11].item<double>()).epsilon(1e-4));
}
