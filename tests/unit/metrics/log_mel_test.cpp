#include "lib/metrics/log_mel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include "lib/core/error.hpp"
#include "tests/unit/metrics/signals.hpp"

namespace ictus::metrics {
namespace {

/// One sample of 1 in 512: its spectrum is flat, so that every band has the power of the window there.
Signal impulse(std::size_t at, std::size_t count = 512) {
  Signal samples(count, 0.0f);
  samples[at] = 1.0f;
  return samples;
}

double hann(double n, double size) { return 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * n / size); }

void check(const LogMelDistance& distance, double mean, double of_512, double of_1024, double of_2048) {
  CHECK(std::abs(distance.mean_db - mean) < 1e-3);
  CHECK(std::abs(distance.window_db[0] - of_512) < 1e-3);
  CHECK(std::abs(distance.window_db[1] - of_1024) < 1e-3);
  CHECK(std::abs(distance.window_db[2] - of_2048) < 1e-3);
}

TEST_CASE("a signal has no distance to itself") {
  CHECK(log_mel_distance_db(sweep(), sweep()) == 0.0);
  CHECK(log_mel_distance_db(tones(0.01, 1), tones(0.01, 1)) == 0.0);
}

TEST_CASE("half the amplitude is 6.02 dB away, where the floor does not matter") {
  CHECK(log_mel_distance_db(white(1), scaled(white(1), 0.5)) == doctest::Approx(decibels(2.0)).epsilon(1e-4));
  CHECK(log_mel_distance_db(white(1), scaled(white(1), 2.0)) == doctest::Approx(decibels(2.0)).epsilon(1e-4));
}

TEST_CASE("only the ratio matters: both made quieter are as far apart") {
  const double distance = log_mel_distance_db(tones(0.01, 1), tones(0.02, 2));
  CHECK(log_mel_distance_db(scaled(tones(0.01, 1), 0.25), scaled(tones(0.02, 2), 0.25)) ==
        doctest::Approx(distance).epsilon(1e-9));
}

TEST_CASE("an impulse has the power of the window at its place, in every band") {
  check(log_mel_distance(impulse(256), impulse(128)),
        (decibels(hann(256, 512) / hann(128, 512)) + decibels(hann(256, 1024) / hann(128, 1024)) +
         decibels(hann(256, 2048) / hann(128, 2048))) /
            3.0,
        6.02060, 10.66580, 11.70419);
}

TEST_CASE("the floor is 70 dB below the reference's loudest band") {
  check(log_mel_distance(impulse(256), Signal(512, 0.0f)), 70.0, 70.0, 70.0, 70.0);
  const double expected = 10.0 * std::log10((1.0 + 1e-7) / (1e-6 + 1e-7));
  check(log_mel_distance(impulse(256), scaled(impulse(256), 1e-3)), expected, expected, expected, expected);
}

// The numbers below come from a second implementation of the same definition, in Python with NumPy.
TEST_CASE("a second implementation measures the same") {
  check(log_mel_distance(tones(0.01, 1), tones(0.02, 2)), 4.521405, 4.099698, 4.567030, 4.897485);

  Signal clipped = sweep();
  for (float& sample : clipped) sample = std::clamp(sample, -0.3f, 0.3f);
  check(log_mel_distance(sweep(), clipped), 13.999071, 11.145328, 12.921326, 17.930558);

  Signal shorter = sweep();
  shorter.resize(30000);
  check(log_mel_distance(white(3), shorter), 57.162456, 55.673873, 57.772477, 58.041016);

  const Signal tone = signal(kLength, [](std::size_t i) {
    return 0.5 * std::sin(2.0 * std::numbers::pi * 1000.0 * static_cast<double>(i) / 22050.0);
  });
  check(log_mel_distance(tone, Signal(kLength, 0.0f)), 3.893603, 6.447918, 3.658809, 1.574081);

  Signal one_window = tones(0.01, 1);
  one_window.resize(2048);
  check(log_mel_distance(one_window, tones(0.02, 2)), 4.264760, 3.865610, 4.293082, 4.635588);
}

TEST_CASE("signals are cut to the shorter length") {
  Signal longer = sweep();
  longer.resize(kLength + 10000, 0.7f);
  CHECK(log_mel_distance_db(sweep(), longer) == 0.0);
  CHECK(log_mel_distance_db(longer, sweep()) == 0.0);
}

TEST_CASE("signals shorter than a window are measured, those without samples are not") {
  CHECK(log_mel_distance_db(Signal{0.5f}, Signal{0.5f}) == 0.0);
  CHECK_THROWS_AS((void)log_mel_distance_db(Signal{}, sweep()), Error);
}

TEST_CASE("silence against silence, and sound against a silent reference") {
  CHECK(log_mel_distance_db(Signal(5000, 0.0f), Signal(5000, 0.0f)) == 0.0);
  CHECK(log_mel_distance_db(Signal(kLength, 0.0f), sweep()) == std::numeric_limits<double>::infinity());
}

}  // namespace
}  // namespace ictus::metrics
