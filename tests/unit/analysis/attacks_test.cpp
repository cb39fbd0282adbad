#include "lib/analysis/attacks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace ictus;

namespace {

constexpr int kRateHz = 44100;

/// Tones of 110 Hz that begin at these seconds and fall by 60 dB in 0.5 s, above noise of that amplitude.
std::vector<float> struck_tones(const std::vector<double>& begins_s, double seconds, double noise) {
  std::mt19937 random(3);
  std::normal_distribution<float> hiss(0.0F, static_cast<float>(noise));
  std::vector<float> samples(static_cast<std::size_t>(seconds * kRateHz));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double now = static_cast<double>(i) / kRateHz;
    double sum = hiss(random);
    for (const double begin : begins_s)
      if (now >= begin)
        sum += 0.5 * std::exp(-13.8 * (now - begin)) * std::cos(2 * M_PI * 110.0 * (now - begin));
    samples[i] = static_cast<float>(sum);
  }
  return samples;
}

}  // namespace

TEST_CASE("attacks are found within 3 ms of where struck tones begin") {
  const std::vector<double> begins_s{0.25, 0.6, 0.751, 1.4};
  for (const double noise : {0.0, 1e-3}) {
    CAPTURE(noise);
    const auto found = analysis::attacks(struck_tones(begins_s, 2.0, noise), kRateHz);
    // The third begins while the second is 18 dB down.
    REQUIRE(found.size() == begins_s.size());
    for (std::size_t i = 0; i < found.size(); ++i)
      CHECK(std::abs(static_cast<double>(found[i]) / kRateHz - begins_s[i]) < 3e-3);
  }
}

TEST_CASE("what swells, holds or is not there has no attacks") {
  std::vector<float> swelling(kRateHz), held(kRateHz);
  for (std::size_t i = 0; i < swelling.size(); ++i) {
    const double now = static_cast<double>(i) / kRateHz;
    const double tone = std::sin(2 * M_PI * 55.0 * now);
    swelling[i] = static_cast<float>(std::pow(10.0, 3.0 * (now - 1.0)) * tone);  // 60 dB in 1 s
    held[i] = static_cast<float>(0.3 * tone);
  }
  const auto after_the_beginning = [](const std::vector<float>& samples) {
    const auto found = analysis::attacks(samples, kRateHz);
    return std::count_if(found.begin(), found.end(), [](std::int64_t at) { return at > kRateHz / 20; });
  };
  CHECK(after_the_beginning(swelling) == 0);
  CHECK(after_the_beginning(held) == 0);
  CHECK(analysis::attacks(std::vector<float>(kRateHz, 0.0F), kRateHz).empty());
  CHECK(analysis::attacks({}, kRateHz).empty());
  CHECK(analysis::attacks(std::vector<float>(10, 1.0F), kRateHz).empty());
}
