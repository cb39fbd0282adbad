#include "lib/metrics/loudness_error.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "lib/core/error.hpp"
#include "lib/metrics/log_mel.hpp"
#include "tests/unit/metrics/signals.hpp"

namespace ictus::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void check(const LoudnessError& error, double mean_db, double bias_db) {
  CHECK(std::abs(error.mean_db - mean_db) < 1e-3);
  CHECK(std::abs(error.bias_db - bias_db) < 1e-3);
}

TEST_CASE("a signal has no loudness error to itself") {
  check(loudness_error(sweep(), sweep()), 0.0, 0.0);
  check(loudness_error(tones(0.01, 1), tones(0.01, 1), 16000), 0.0, 0.0);
}

TEST_CASE("3 dB louder is an error of 3 dB above, 3 dB softer one below") {
  const double gain = std::pow(10.0, 3.0 / 20.0);
  check(loudness_error(white(1), scaled(white(1), gain)), 3.0, 3.0);
  check(loudness_error(white(1), scaled(white(1), 1.0 / gain)), 3.0, -3.0);
}

TEST_CASE("bands count as their loudness does") {
  // Bins 40 and 200 lie in two bands; one is 20 dB below the other, and so has 10^(-2 x 0.3) of its weight.
  const Signal reference = sum_of(in_bin(40, 0.2), in_bin(200, 0.02));
  const Signal test = sum_of(in_bin(40, 0.4), in_bin(200, 0.01));
  const double weight = std::pow(10.0, -0.6);
  check(loudness_error(reference, test), decibels(2.0), decibels(2.0) * (1.0 - weight) / (1.0 + weight));
}

TEST_CASE("what is 60 dB below the loudest has no weight") {
  const Signal tone = in_bin(40, 0.4);
  const Signal quiet = sum_of(tone, in_bin(200, 0.4 * 0.00101));
  const Signal quieter = sum_of(tone, in_bin(200, 0.4 * 0.00099));
  CHECK(loudness_error(quiet, tone).mean_db > 0.1);
  check(loudness_error(quieter, tone), 0.0, 0.0);
}

TEST_CASE("what is added where the reference is silent is for the log-mel distance to find") {
  const Signal tone = in_bin(40, 0.4);
  Signal hiss = scaled(white(1), 0.02);
  hiss.resize(tone.size(), 0.0f);
  CHECK(loudness_error(tone, sum_of(tone, hiss)).mean_db < 0.05);
  CHECK(log_mel_distance_db(tone, sum_of(tone, hiss)) > 5.0);
}

TEST_CASE("the floor is 70 dB below the loudest band") {
  const Signal tone = in_bin(40, 0.4);
  check(loudness_error(tone, Signal(tone.size(), 0.0f)), 70.0, -70.0);
}

TEST_CASE("bands end below 10.2 kHz, and below Nyquist") {
  const Signal tone = in_bin(40, 0.1);
  const Signal with_950 = sum_of(tone, in_bin(950, 0.1));  // 10,228 Hz
  const Signal with_930 = sum_of(tone, in_bin(930, 0.1));  // 10,012 Hz
  check(loudness_error(with_950, tone), 0.0, 0.0);
  check(loudness_error(with_930, tone), 35.0, -35.0);
  const Signal other = in_bin(58, 0.1);                     // as bin 40 at 16 kHz lies between two bands
  const Signal with_830 = sum_of(other, in_bin(830, 0.1));  // 6,484 Hz: the next edge would be 8,063 Hz
  const Signal with_810 = sum_of(other, in_bin(810, 0.1));  // 6,328 Hz: the last edge is 6,400 Hz
  check(loudness_error(with_830, other, 16000), 0.0, 0.0);
  check(loudness_error(with_810, other, 16000), 35.0, -35.0);
}

// The numbers below come from a second implementation of the same definition, in Python with NumPy.
TEST_CASE("a second implementation finds the same errors") {
  Signal clipped = sweep();
  for (float& sample : clipped) sample = std::clamp(sample, -0.3f, 0.3f);
  Signal shorter = sweep();
  shorter.resize(30000);
  check(loudness_error(tones(0.01, 1), tones(0.02, 2)), 0.921114, 0.900865);
  check(loudness_error(tones(0.01, 1), tones(0.02, 2), 16000), 0.740701, 0.721532);
  check(loudness_error(tones(0.01, 1), tones(0.02, 2), 44100), 0.642260, 0.617432);
  check(loudness_error(sweep(), clipped), 2.931625, -2.776695);
  check(loudness_error(sweep(), clipped, 16000), 2.921424, -2.759154);
  check(loudness_error(white(3), shorter), 52.468948, -49.726220);
  check(loudness_error(shorter, white(3), 44100), 12.365514, -11.299262);
}

TEST_CASE("signals are cut to the shorter length before their loudness is compared") {
  Signal longer = tones(0.01, 1);
  longer.resize(kLength + 10000, 0.7f);
  check(loudness_error(tones(0.01, 1), longer), 0.0, 0.0);
  check(loudness_error(longer, tones(0.01, 1)), 0.0, 0.0);
}

TEST_CASE("short signals have a loudness, those without samples have none") {
  check(loudness_error(Signal{0.5f}, Signal{1.0f}), decibels(2.0), decibels(2.0));
  check(loudness_error(Signal(1000, 0.5f), Signal(1000, 0.25f)), decibels(2.0), -decibels(2.0));
  CHECK_THROWS_AS((void)loudness_error(Signal{}, sweep()), Error);
  CHECK_THROWS_AS((void)loudness_error(sweep(), Signal{}), Error);
}

TEST_CASE("a rate without a band is refused") {
  CHECK_THROWS_AS((void)loudness_error(white(1), white(1), 125), Error);
  check(loudness_error(white(1), white(1), 126), 0.0, 0.0);
}

TEST_CASE("silence has no loudness error to silence, any sound an infinite one") {
  const Signal silence(kLength, 0.0f);
  check(loudness_error(silence, silence), 0.0, 0.0);
  CHECK(loudness_error(silence, sweep()).mean_db == kInfinity);
  CHECK(loudness_error(silence, sweep()).bias_db == kInfinity);
}

}  // namespace
}  // namespace ictus::metrics
