#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lib/evaluation/mel.hpp"
#include "lib/evaluation/note_image.hpp"
#include "lib/evaluation/spectrogram_error.hpp"
#include "tests/unit/evaluation/support.hpp"

using namespace ictus;
using namespace ictus::evaluation;

namespace {

std::vector<float> tone(std::size_t count, double gain = 0.5) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i)
    samples[i] = static_cast<float>(
        gain * std::sin(2.0 * std::numbers::pi * 1000.0 * static_cast<double>(i) / 16000.0));
  return samples;
}

std::vector<float> after_silence(const std::vector<float>& sound, std::size_t silence) {
  std::vector<float> samples(silence, 0.0F);
  samples.insert(samples.end(), sound.begin(), sound.end());
  return samples;
}

double value_at(const torch::Tensor& image, int step, int band) {
  return image[step * kImageBands + band].item<double>();
}

}  // namespace

// The numbers without a derivation come from a second implementation of the same definitions, in Python with
// NumPy.

TEST_CASE("mel bands are VGGish's: straight on HTK's mel scale") {
  const torch::Tensor weights = mel_weights({}, 257, 16000);
  REQUIRE(weights.sizes() == torch::IntArrayRef({257, 64}));
  CHECK(weights[5][0].item<double>() == doctest::Approx(0.94769046));
  CHECK(weights[14][9].item<double>() == doctest::Approx(0.09133669));
  CHECK(weights[100][40].item<double>() == 0.0);
  CHECK(weights[0].abs().max().item<double>() == 0.0);
  // Between the first top and the last, triangles that overlap by half sum to 1.
  CHECK((weights.narrow(0, 6, 200).sum(1) - 1.0).abs().max().item<double>() < 1e-12);
}

TEST_CASE("picture of a note, as a second implementation has it") {
  const torch::Tensor image = note_image(after_silence(tests::partials_and_noise(40000), 5000));
  REQUIRE(image.numel() == kImageSteps * kImageBands);
  CHECK(value_at(image, 0, 5) == doctest::Approx(-0.220474).epsilon(1e-4));
  CHECK(value_at(image, 0, 8) == doctest::Approx(0.501628).epsilon(1e-4));
  CHECK(value_at(image, 3, 30) == doctest::Approx(-0.436919).epsilon(1e-4));
  CHECK(value_at(image, 10, 27) == doctest::Approx(0.457269).epsilon(1e-4));
  CHECK(value_at(image, 18, 8) == doctest::Approx(-0.520697).epsilon(1e-4));
  CHECK(value_at(image, 20, 0) == -1.0);
  CHECK(image.mean().item<double>() == doctest::Approx(-0.516208442).epsilon(1e-6));
}

TEST_CASE("picture of a note: neither level nor silence before it matter") {
  const torch::Tensor image = note_image(tests::partials_and_noise(30000));
  std::vector<float> quiet = tests::partials_and_noise(30000);
  for (float& x : quiet) x *= 0.125F;
  CHECK((note_image(quiet) - image).abs().max().item<double>() < 1e-9);
  // The frames after the first ones, which hold some of the silence, are the same: hops of silence.
  const torch::Tensor later = note_image(after_silence(tests::partials_and_noise(30000), 256 * 20));
  CHECK((later - image).abs().mean().item<double>() < 0.02);
}

TEST_CASE("picture of silence, of nearly nothing and of a long note") {
  CHECK(note_image(std::vector<float>(5000, 0.0F)).eq(-1.0).all().item<bool>());
  CHECK(note_image(std::vector<float>{0.5F}).isfinite().all().item<bool>());
  CHECK(note_image(tests::partials_and_noise(200000)).numel() == kImageSteps * kImageBands);
}

TEST_CASE("spectrogram error, as a second implementation has it") {
  const SpectrogramError longer = spectrogram_error(tests::partials_and_noise(40000), tone(16000));
  CHECK(longer.mean_square == doctest::Approx(0.0830949437).epsilon(1e-5));
  CHECK(longer.mean_absolute == doctest::Approx(0.2030606155).epsilon(1e-5));
  const SpectrogramError equal = spectrogram_error(tests::partials_and_noise(16000), tone(16000));
  CHECK(equal.mean_square == doctest::Approx(0.1005227946).epsilon(1e-5));
  CHECK(equal.mean_absolute == doctest::Approx(0.2133326257).epsilon(1e-5));
}

TEST_CASE("spectrogram error: 0 to itself at any level, the most between sound everywhere and silence") {
  CHECK(spectrogram_error(tone(9000), tone(9000)).mean_square == 0.0);
  CHECK(spectrogram_error(tone(9000), tone(9000, 0.01)).mean_absolute < 1e-3);
  CHECK(spectrogram_error(std::vector<float>(9000, 0.0F), std::vector<float>(7000, 0.0F)).mean_absolute ==
        0.0);
  // One sample lies in the middle of the only frame and has the same power in every bin: 1 against -1.
  const SpectrogramError error = spectrogram_error(std::vector<float>{1.0F}, std::vector<float>{0.0F});
  CHECK(error.mean_square == doctest::Approx(4.0));
  CHECK(error.mean_absolute == doctest::Approx(2.0));
}
