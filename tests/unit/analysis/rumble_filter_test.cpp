#include "lib/analysis/rumble_filter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

using ictus::analysis::RumbleFilter;

namespace {

constexpr int kRateHz = 44100;

std::vector<float> sine(double hz, double seconds) {
  std::vector<float> samples;
  for (int i = 0; i < static_cast<int>(seconds * kRateHz); ++i)
    samples.push_back(static_cast<float>(std::sin(2.0 * std::numbers::pi * hz * i / kRateHz)));
  return samples;
}

/// Level of the last second against that of a sine of amplitude 1.
double level_db(const std::vector<float>& samples) {
  double sum = 0.0;
  for (std::size_t i = samples.size() - kRateHz; i < samples.size(); ++i)
    sum += 2.0 * static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  return 10.0 * std::log10(sum / kRateHz + 1e-20);
}

}  // namespace

TEST_CASE("below 4 Hz sound is lost by 24 dB an octave, above it stays") {
  // Of a Butterworth filter of fourth order: 1 / sqrt(1 + (corner / frequency)^8).
  for (const double hz : {1.0, 2.0, 4.0, 8.0, 27.5, 440.0}) {
    auto samples = sine(hz, 4.0);
    RumbleFilter(kRateHz, 1).apply(samples);
    const double expected_db = -10.0 * std::log10(1.0 + std::pow(4.0 / hz, 8.0));
    CHECK_MESSAGE(level_db(samples) == doctest::Approx(expected_db).epsilon(0.01).scale(10.0), hz << " Hz");
  }
}

TEST_CASE("an offset is gone") {
  std::vector<float> samples(2 * kRateHz, 1.0F);
  RumbleFilter(kRateHz, 1).apply(samples);
  CHECK(level_db(samples) < -60.0);
}

TEST_CASE("each channel is filtered by itself, however samples come") {
  const auto left = sine(3.0, 1.0);
  const auto right = sine(50.0, 1.0);
  std::vector<float> both;
  for (std::size_t i = 0; i < left.size(); ++i) both.insert(both.end(), {left[i], right[i]});
  auto left_alone = left;
  auto right_alone = right;
  RumbleFilter(kRateHz, 1).apply(left_alone);
  RumbleFilter(kRateHz, 1).apply(right_alone);
  RumbleFilter filter(kRateHz, 2);
  for (std::size_t at = 0, count = 2; at < both.size(); at += count, count = count * 2 + 2) {
    count = std::min(count, both.size() - at);
    filter.apply(std::span(both).subspan(at, count));
  }
  bool is_same = true;
  for (std::size_t i = 0; i < left.size(); ++i)
    is_same = is_same && both[2 * i] == left_alone[i] && both[2 * i + 1] == right_alone[i];
  CHECK(is_same);
}
