#include "lib/metrics/level_difference.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "lib/core/error.hpp"
#include "tests/unit/metrics/signals.hpp"

namespace ictus::metrics {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST_CASE("levels differ by what a signal was multiplied with") {
  CHECK(level_difference_db(sweep(), sweep()) == 0.0);
  CHECK(level_difference_db(white(1), scaled(white(1), 0.25)) == doctest::Approx(-decibels(4.0)));
  CHECK(level_difference_db(white(1), scaled(white(1), -2.0)) == doctest::Approx(decibels(2.0)));
}

TEST_CASE("powers of sounds that have nothing to do with each other add up") {
  const Signal tone = in_bin(40, 0.3);
  CHECK(level_difference_db(tone, sum_of(tone, in_bin(200, 0.4))) ==
        doctest::Approx(decibels(0.5 / 0.3)).epsilon(1e-3));
}

TEST_CASE("a level is that of the length both have, and silence has none") {
  CHECK(level_difference_db(Signal{0.5f, 0.5f, 1.0f}, Signal{1.0f, 1.0f}) == doctest::Approx(decibels(2.0)));
  const Signal silence(100, 0.0f);
  const Signal sound(100, 0.1f);
  CHECK(level_difference_db(silence, silence) == 0.0);
  CHECK(level_difference_db(silence, sound) == kInfinity);
  CHECK(level_difference_db(sound, silence) == -kInfinity);
  CHECK_THROWS_AS((void)level_difference_db(sound, Signal{}), Error);
}

TEST_CASE("outside of a band levels do not matter") {
  // At 44.1 kHz bin 511 is just above 11 kHz, bin 743 just below 16 kHz.
  const Signal reference = sum_of(in_bin(100, 0.5), in_bin(600, 0.01));
  const Signal louder_below = sum_of(in_bin(100, 0.05), in_bin(600, 0.01));
  const Signal louder_inside = sum_of(in_bin(100, 0.5), in_bin(600, 0.02));
  CHECK(std::abs(band_level_difference_db(reference, louder_below, 44100, 11000, 16000)) < 1e-3);
  CHECK(band_level_difference_db(reference, louder_inside, 44100, 11000, 16000) ==
        doctest::Approx(decibels(2.0)).epsilon(1e-4));
  CHECK(band_level_difference_db(in_bin(512, 0.1), in_bin(742, 0.2), 44100, 11000, 16000) ==
        doctest::Approx(decibels(2.0)).epsilon(1e-4));
  CHECK(band_level_difference_db(in_bin(600, 0.1), in_bin(509, 0.1), 44100, 11000, 16000) < -100.0);
  CHECK(band_level_difference_db(in_bin(600, 0.1), in_bin(745, 0.1), 44100, 11000, 16000) < -100.0);
}

TEST_CASE("an impossible band is refused, and silence in a band is infinitely far below sound") {
  const Signal sound = in_bin(600, 0.1);
  const Signal silence(sound.size(), 0.0f);
  CHECK(band_level_difference_db(silence, silence, 44100, 11000, 16000) == 0.0);
  CHECK(band_level_difference_db(sound, silence, 44100, 11000, 16000) == -kInfinity);
  CHECK(band_level_difference_db(silence, sound, 44100, 11000, 16000) == kInfinity);
  CHECK_THROWS_AS((void)band_level_difference_db(sound, sound, 22050, 11000, 16000), Error);
  CHECK_THROWS_AS((void)band_level_difference_db(sound, sound, 44100, 11000, 11000), Error);
  CHECK_THROWS_AS((void)band_level_difference_db(sound, sound, 44100, -1, 11000), Error);
  CHECK_THROWS_AS((void)band_level_difference_db(sound, Signal{}, 44100, 11000, 16000), Error);
}

}  // namespace
}  // namespace ictus::metrics
