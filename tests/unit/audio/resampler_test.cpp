#include "lib/audio/resampler.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <random>
#include <stdexcept>

#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

std::vector<float> resampled(std::span<const float> input, int from, int to, std::size_t block) {
  Resampler resampler(from, to);
  std::vector<float> output;
  while (!input.empty()) {
    const std::size_t count = std::min(block, input.size());
    resampler.push(input.first(count), output);
    input = input.subspan(count);
  }
  resampler.finish(output);
  return output;
}

std::vector<float> noise(std::size_t count) {
  std::mt19937 random(1);
  std::vector<float> samples(count);
  for (float& sample : samples) sample = static_cast<float>(random()) / 4294967296.0f - 0.5f;
  return samples;
}

TEST_CASE("n samples become ceil(n * out / in)") {
  CHECK(resampled(noise(44100), 44100, 22050, 512).size() == 22050);
  CHECK(resampled(noise(44101), 44100, 22050, 512).size() == 22051);
  CHECK(resampled(noise(48000), 48000, 22050, 512).size() == 22050);
  CHECK(resampled(noise(1000), 48000, 22050, 512).size() == 460);  // 459.375
  CHECK(resampled(noise(8000), 8000, 22050, 512).size() == 22050);
  CHECK(resampled(noise(1), 384000, 22050, 512).size() == 1);
  CHECK(resampled(noise(1), 100, 384000, 512).size() == 3840);
  CHECK(resampled(noise(1), 22050, 22050, 512).size() == 1);
  CHECK(resampled({}, 48000, 22050, 512).empty());
}

TEST_CASE("the exact length can be set, and before the end nothing has been handed out that it would cut") {
  for (const int rate : {100, 8000, 11025, 16000, 22049, 22051, 24000, 32000, 44100, 48000, 96000, 384000}) {
    for (const std::uint64_t original : {1u, 2u, 3u, 1000u, 12345u}) {
      CAPTURE(rate);
      CAPTURE(original);
      // There and back: coded at 22,050 Hz, then brought to the rate and length it came with.
      Resampler there(rate, 22050);
      std::vector<float> coded;
      there.push(noise(original), coded);
      there.finish(coded);
      Resampler back(22050, rate);
      std::vector<float> output;
      back.push(coded, output);
      back.finish(original, output);
      CHECK(output.size() == original);
    }
  }
}

TEST_CASE("an exact length beyond the natural one is filled with silence, one that is too short is refused") {
  Resampler longer(22050, 22050);
  std::vector<float> output;
  longer.push(std::vector<float>{0.5f}, output);
  longer.finish(3, output);
  CHECK(output == std::vector<float>{0.5f, 0.0f, 0.0f});

  Resampler shorter(22050, 22050);
  shorter.push(std::vector<float>(10, 0.5f), output);
  CHECK_THROWS_AS(shorter.finish(9, output), std::logic_error);
}

TEST_CASE("how the input is divided into blocks does not change one sample") {
  const std::vector<float> input = noise(50'000);
  for (const auto& [from, to] : {std::pair{44100, 22050},
                                 {48000, 22050},
                                 {44101, 22050},
                                 {8000, 22050},
                                 {22050, 384000},
                                 {384000, 22050},
                                 {96000, 22050}}) {
    CAPTURE(from);
    CAPTURE(to);
    const std::vector<float> whole = resampled(input, from, to, input.size());
    for (const std::size_t block : {1u, 7u, 64u, 1000u, 4096u, 16384u}) {
      CAPTURE(block);
      CHECK(resampled(input, from, to, block) == whole);
    }
  }
}

TEST_CASE("a sine keeps its level, its frequency and its place in time") {
  for (const auto& [from, to] : {std::pair{44100, 22050},
                                 {48000, 22050},
                                 {8000, 22050},
                                 {22050, 48000},
                                 {384000, 22050},
                                 {44101, 22050}}) {
    CAPTURE(from);
    CAPTURE(to);
    constexpr double kHz = 1000.0;
    const auto output = resampled(test::sine(static_cast<std::size_t>(2 * from), kHz, from), from, to, 777);
    const auto expected = test::sine(output.size(), kHz, to);
    double worst = 0.0;
    // The ends are left out: there the sine begins and stops.
    const auto edge = static_cast<std::size_t>(to / 10);
    for (std::size_t i = edge; i + edge < output.size(); ++i) {
      worst = std::max(worst, std::abs(static_cast<double>(output[i]) - static_cast<double>(expected[i])));
    }
    CHECK(worst < 1e-4);  // 74 dB below the sine: no delay, no gain, no click
  }
}

TEST_CASE("what lies beyond the new Nyquist frequency is gone") {
  const auto output = resampled(test::sine(48000, 15000.0, 48000.0), 48000, 22050, 512);
  const std::span<const float> middle = std::span(output).subspan(2205, 17640);
  CHECK(test::amplitude_at(middle, 22050.0 - 15000.0, 22050.0) < 5e-6);  // -100 dB of 0.5
}

TEST_CASE("there is no drift between rates without a small common ratio") {
  // 100 s; the sine's phase at the end shows any error of the ratio.
  constexpr double kHz = 500.0;
  const auto output = resampled(test::sine(4410100, kHz, 44101.0), 44101, 22050, 4096);
  REQUIRE(output.size() == 2205000);
  const auto expected = test::sine(output.size(), kHz, 22050.0);
  double worst = 0.0;
  for (std::size_t i = 2190000; i < 2200000; ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(output[i]) - static_cast<double>(expected[i])));
  }
  CHECK(worst < 1e-4);
}

}  // namespace
}  // namespace ictus::audio
