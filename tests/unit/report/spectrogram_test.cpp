#include "lib/report/spectrogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "lib/core/error.hpp"
#include "tests/unit/report/png_reader.hpp"

using namespace ictus;
using namespace ictus::report;

namespace {

constexpr int kRateHz = 16000;
constexpr std::size_t kColumns = 100;
constexpr std::size_t kRows = 192;

std::vector<float> tone(std::size_t count, double frequency_hz, double amplitude = 0.5) {
  std::vector<float> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] = static_cast<float>(
        amplitude * std::sin(2.0 * std::numbers::pi * frequency_hz * static_cast<double>(i) / kRateHz));
  }
  return samples;
}

std::size_t brightest_row(const tests::ReadPicture& picture, std::size_t column) {
  std::size_t brightest = 0;
  for (std::size_t y = 1; y < picture.height_px; ++y) {
    if (picture.brightness(column, y) > picture.brightness(column, brightest)) brightest = y;
  }
  return brightest;
}

}  // namespace

TEST_CASE("spectrogram: the bright row of a tone is at the logarithm of its frequency") {
  for (const double frequency_hz : {100.0, 440.0, 1000.0, 4186.0}) {
    CAPTURE(frequency_hz);
    const auto picture =
        tests::read_png(png(picture_of(spectrogram(tone(32000, frequency_hz), kRateHz, kColumns, kRows))));
    REQUIRE(picture.width_px == kColumns);
    REQUIRE(picture.height_px == kRows);
    // From 8,000 Hz down to 40 Hz are log2(200) = 7.64 octaves.
    const double expected = 192.0 * std::log2(8000.0 / frequency_hz) / std::log2(200.0) - 0.5;
    CHECK(std::abs(static_cast<double>(brightest_row(picture, 50)) - expected) <= 2.0);
  }
}

TEST_CASE("spectrogram: axis and rows agree") {
  const Spectrogram levels = spectrogram(tone(32000, 1000.0), kRateHz, kColumns, kRows);
  CHECK(levels.height_of(8000.0) == doctest::Approx(0.0));
  CHECK(levels.height_of(40.0) == doctest::Approx(1.0));
  CHECK(levels.height_of(std::sqrt(8000.0 * 40.0)) == doctest::Approx(0.5));
  const auto row = static_cast<std::size_t>(levels.height_of(1000.0) * kRows);
  CHECK(levels.level_db[row * kColumns + 50] > -1.0);
}

TEST_CASE("spectrogram: a tone that begins in the middle is in the right half") {
  std::vector<float> samples(16000, 0.0f);
  const auto second_half = tone(16000, 1000.0);
  samples.insert(samples.end(), second_half.begin(), second_half.end());
  const Spectrogram levels = spectrogram(samples, kRateHz, kColumns, kRows);
  const auto row = static_cast<std::size_t>(levels.height_of(1000.0) * kRows);
  const auto level = [&](std::size_t column) { return levels.level_db[row * kColumns + column]; };
  // The window reaches 64 ms, 3.2 columns, to each side.
  CHECK(level(46) == -kRangeDb);
  CHECK(level(54) > -1.0);
}

TEST_CASE("spectrogram: levels are in decibels below the loudest place, whatever the gain") {
  // A tenth of the amplitude is 20 dB less.
  std::vector<float> samples = tone(16000, 1000.0, 0.5);
  const auto quieter = tone(16000, 1000.0, 0.05);
  samples.insert(samples.end(), quieter.begin(), quieter.end());
  for (const float gain : {1.0f, 0.001f}) {
    std::vector<float> scaled = samples;
    for (float& sample : scaled) sample *= gain;
    const Spectrogram levels = spectrogram(scaled, kRateHz, kColumns, kRows);
    const auto row = static_cast<std::size_t>(levels.height_of(1000.0) * kRows);
    CHECK(levels.level_db[row * kColumns + 25] - levels.level_db[row * kColumns + 75] ==
          doctest::Approx(20.0).epsilon(0.001));
    CHECK(*std::max_element(levels.level_db.begin(), levels.level_db.end()) == 0.0);
  }
}

TEST_CASE("spectrogram: silence and numbers that are none are dark") {
  for (const float value : {0.0f, std::numeric_limits<float>::quiet_NaN()}) {
    const Spectrogram levels = spectrogram(std::vector<float>(4000, value), kRateHz, 10, 20);
    CHECK(std::all_of(levels.level_db.begin(), levels.level_db.end(),
                      [](double level) { return level == -kRangeDb; }));
  }
}

TEST_CASE("spectrogram: sounds shorter than a window are drawn, those without samples are not") {
  CHECK(spectrogram(tone(10, 1000.0), kRateHz, 3, 5).level_db.size() == 15);
  CHECK_THROWS_AS((void)spectrogram({}, kRateHz, 3, 5), Error);
  CHECK_THROWS_AS((void)spectrogram(tone(10, 1000.0), kRateHz, 0, 5), Error);
  CHECK_THROWS_AS((void)spectrogram(tone(10, 1000.0), 80, 3, 5), Error);
}

TEST_CASE("spectrogram: levels of powers are relative to the reference that is given") {
  const Powers found = powers(tone(32000, 1000.0), kRateHz, kColumns, kRows);
  const double reference = loudest(found);
  CHECK(levels(found, reference).level_db ==
        spectrogram(tone(32000, 1000.0), kRateHz, kColumns, kRows).level_db);
  // Ten times the power is 10 dB more.
  const Spectrogram quieter = levels(found, 10.0 * reference);
  CHECK(*std::max_element(quieter.level_db.begin(), quieter.level_db.end()) == doctest::Approx(-10.0));
  const Spectrogram louder = levels(found, 0.1 * reference);
  CHECK(*std::max_element(louder.level_db.begin(), louder.level_db.end()) == doctest::Approx(10.0));
  const Spectrogram silent = levels(found, 0.0);
  CHECK(*std::max_element(silent.level_db.begin(), silent.level_db.end()) == -kRangeDb);
}

TEST_CASE("spectrogram: half the amplitude is a quarter of the power") {
  const double whole = loudest(powers(tone(32000, 1000.0, 0.5), kRateHz, kColumns, kRows));
  const double half = loudest(powers(tone(32000, 1000.0, 0.25), kRateHz, kColumns, kRows));
  CHECK(whole / half == doctest::Approx(4.0).epsilon(0.001));
}
