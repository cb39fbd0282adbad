#include "lib/audio/channel_mix.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which signals are written here
using enum Speaker;

const Speakers kFiveOne = {front_left, front_right, front_centre, low_frequency, back_left, back_right};
constexpr int kRate = 48000;

Mixed mixed(const Speakers& speakers, const std::vector<std::vector<float>>& channels,
            std::size_t at_once = 777) {
  return test::mixed(speakers, channels, kRate, 1, at_once);
}

std::vector<float> scaled(std::vector<float> samples, float factor) {
  for (float& sample : samples) sample *= factor;
  return samples;
}

std::vector<float> noise(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> samples(count);
  for (float& sample : samples) sample = static_cast<float>(random() % 20001) / 20000.0f - 0.5f;
  return samples;
}

double rms(std::span<const float> samples) {
  double sum = 0.0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

TEST_CASE("weights are those of ITU-R BS.775, and the mean of a pair") {
  const double half = std::sqrt(0.5);
  CHECK(mono_weights({}, 2) == std::vector<double>{0.5, 0.5});
  CHECK(mono_weights({front_left, front_right}, 2) == std::vector<double>{0.5, 0.5});
  CHECK(mono_weights({front_left, front_right, low_frequency}, 3) == std::vector<double>{0.5, 0.5, 0.0});
  CHECK(mono_weights({low_frequency}, 1) == std::vector<double>{1.0});
  CHECK(mono_weights({side_left}, 1) == std::vector<double>{1.0});
  CHECK(mono_weights({}, 4) == std::vector<double>(4, 0.25));
  const auto five_one = mono_weights(kFiveOne, 6);
  const std::vector<double> expected{half, half, 1.0, 0.0, 0.5, 0.5};
  for (std::size_t i = 0; i < 6; ++i) CHECK(five_one[i] == doctest::Approx(expected[i]));
}

TEST_CASE("dialogue in the centre of 5.1 keeps its level") {
  const auto voice = sine(kRate, 440, kRate);
  const std::vector<float> none(kRate);
  const Mixed result = mixed(kFiveOne, {none, none, voice, none, none, none});
  CHECK(result.samples == voice);
  CHECK(result.remarks.empty());
}

TEST_CASE("how frames are pushed does not change the mix") {
  const auto left = noise(30000, 1);
  const auto right = noise(30000, 2);
  const auto whole = mixed({}, {left, right}, 30000);
  for (const std::size_t at_once : {1u, 13u, 4800u})
    CHECK(mixed({}, {left, right}, at_once).samples == whole.samples);
  CHECK(whole.samples.size() == 30000);
  CHECK(whole.remarks.empty());
}

TEST_CASE("channels that are each other's negative are heard, and that is said") {
  const auto left = sine(kRate, 440, kRate);
  for (const float factor : {-1.0f, -0.9f, -1.1f}) {
    CAPTURE(factor);
    const Mixed result = mixed({front_left, front_right}, {left, scaled(left, factor)});
    CHECK(rms(result.samples) == doctest::Approx(rms(left) * (1.0 - static_cast<double>(factor)) / 2.0));
    REQUIRE(result.remarks.size() == 1);
    CHECK(result.remarks[0].find("cancel") != std::string::npos);
    CHECK(result.remarks[0].find("for 1.0 s, first at 0.0 s") != std::string::npos);
  }
}

TEST_CASE("polarity is reversed only where channels cancel") {
  auto left = sine(4 * kRate, 440, kRate);
  auto right = left;
  for (std::size_t i = kRate; i < 2 * kRate; ++i) right[i] = -right[i];
  const Mixed result = mixed({}, {left, right});
  REQUIRE(result.remarks.size() == 1);
  CHECK(result.remarks[0].find("for 1.0 s, first at 1.0 s") != std::string::npos);
  for (std::size_t second = 0; second < 4; ++second) {
    CHECK(rms(std::span(result.samples).subspan(second * kRate, kRate)) ==
          doctest::Approx(rms(left)).epsilon(0.02));
  }
  // What was plain stays so, sample for sample.
  CHECK(std::equal(left.begin(), left.begin() + kRate, result.samples.begin()));
}

TEST_CASE("four channels of which two cancel the others") {
  const auto one = sine(kRate, 440, kRate);
  const auto two = noise(kRate, 3);
  const Mixed result = mixed({}, {one, scaled(one, -1.0f), scaled(two, -1.0f), two});
  CHECK(rms(result.samples) > 0.3 * (rms(one) + rms(two)) / 2.0);
  CHECK_FALSE(result.remarks.empty());
}

TEST_CASE("wide stereo is no cancellation, and silence none either") {
  CHECK(mixed({}, {noise(kRate, 1), noise(kRate, 2)}).remarks.empty());
  CHECK(mixed({}, {noise(kRate, 1), std::vector<float>(kRate)}).remarks.empty());
  const auto faint = scaled(sine(kRate, 440, kRate), 0.0005f);
  CHECK(mixed({}, {faint, scaled(faint, -1.0f)}).remarks.empty());
  CHECK(mixed({}, {std::vector<float>(kRate), std::vector<float>(kRate)}).remarks.empty());
}

TEST_CASE("a mix that loses more than 6 dB says so") {
  const auto left = sine(kRate, 440, kRate);
  // A third of what is left of channels that cancel each other in part.
  const Mixed partial = mixed({}, {left, scaled(left, -0.5f)});
  REQUIRE(partial.remarks.size() == 1);
  CHECK(partial.remarks[0].find("lost 10 dB") != std::string::npos);
  const std::vector<float> none(kRate);
  const Mixed low = mixed(kFiveOne, {none, none, none, left, none, none});
  REQUIRE(low.remarks.size() == 1);
  CHECK(low.remarks[0].find("lost all") != std::string::npos);
}

TEST_CASE("no number of channels or rate takes much memory or loses samples") {
  ChannelMix mix({}, 1024, 3'072'000);
  std::vector<float> mono;
  const std::vector<float> frames(1024 * 3000, 0.25f);
  mix.push(frames, mono);
  mix.finish(mono);
  CHECK(mono == std::vector<float>(3000, 0.25f));
}

}  // namespace
}  // namespace ictus::audio
