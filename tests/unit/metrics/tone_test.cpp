#include "lib/metrics/tone.hpp"

#include <doctest/doctest.h>

#include <utility>

#include "lib/core/error.hpp"
#include "tests/unit/metrics/signals.hpp"

namespace ictus::metrics {
namespace {

constexpr int kRateHz = 44100;

template <typename Envelope>
Signal sine(double hz, double seconds, Envelope amplitude_at) {
  return signal(static_cast<std::size_t>(seconds * kRateHz), [&](std::size_t i) {
    const double t = static_cast<double>(i) / kRateHz;
    return amplitude_at(t) * std::sin(2.0 * std::numbers::pi * hz * t);
  });
}

Signal sine(double hz, double seconds, double amplitude = 0.25) {
  return sine(hz, seconds, [&](double) { return amplitude; });
}

double level_dbfs(double amplitude) { return decibels(amplitude / std::numbers::sqrt2); }

TEST_CASE("a tone that has not changed has no error") {
  for (const double hz : {450.0, 1000.0, 9000.0}) {  // whole periods in 20 ms
    const ToneError error = tone_error(sine(hz, 2.5), kRateHz, {hz, level_dbfs(0.25)});
    CHECK(std::abs(error.level_db) < 1e-3);
    CHECK(error.swing_db < 1e-3);
    CHECK(std::abs(error.pitch_cents.value()) < 0.01);
  }
}

TEST_CASE("level and pitch are told with their signs") {
  const ToneError error =
      tone_error(sine(440.0 * std::exp2(7.0 / 1200.0), 2.5, 0.2), kRateHz, {440.0, level_dbfs(0.25)});
  CHECK(error.level_db == doctest::Approx(decibels(0.8)).epsilon(0.02));
  CHECK(error.pitch_cents.value() == doctest::Approx(7.0).epsilon(1e-3));
  CHECK(tone_error(sine(880.0, 1.0), kRateHz, {1760.0, 0.0}).pitch_cents.value() ==
        doctest::Approx(-1200.0).epsilon(1e-5));
}

TEST_CASE("the pitch of low tones is as exact, wherever it lies between bins") {
  for (int step = 0; step < 20; ++step) {
    const double hz = 60.0 + 0.01 * step;
    CHECK(std::abs(tone_error(sine(hz, 2.5), kRateHz, {hz, level_dbfs(0.25)}).pitch_cents.value()) < 0.1);
  }
}

TEST_CASE("a swing has a depth") {
  // 2 Hz over whole seconds: the sine is below 0.98769 for 95 % of the time.
  const Signal sound = sine(
      1000.0, 3.0, [](double t) { return 0.2 * (1.0 + 0.5 * std::sin(2.0 * std::numbers::pi * 2.0 * t)); });
  const ToneError error = tone_error(sound, kRateHz, {1000.0, level_dbfs(0.2)});
  CHECK(error.swing_db ==
        doctest::Approx(decibels((1.0 + 0.5 * 0.98769) / (1.0 - 0.5 * 0.98769))).epsilon(0.02));
  CHECK(std::abs(error.level_db) < 0.1);
}

TEST_CASE("the strongest sinusoid is the tone") {
  const Signal both = sum_of(sine(1000.0, 1.0, 0.2), sine(3000.0, 1.0, 0.1));
  CHECK(std::abs(tone_error(both, kRateHz, {1000.0, level_dbfs(0.2)}).pitch_cents.value()) < 0.01);
}

TEST_CASE("silence has a level of -180 dBFS and no pitch") {
  const ToneError error = tone_error(Signal(kRateHz, 0.0f), kRateHz, {440.0, -15.0});
  CHECK(error.level_db == doctest::Approx(-165.0));
  CHECK(error.swing_db == 0.0);
  CHECK(!error.pitch_cents.has_value());
}

TEST_CASE("less than 20 ms are no tone") {
  CHECK_THROWS_AS((void)tone_error(sine(440.0, 0.0199), kRateHz, {440.0, 0.0}), Error);
  CHECK_THROWS_AS((void)tone_error(Signal{}, kRateHz, {440.0, 0.0}), Error);
  CHECK_THROWS_AS((void)tone_error(sine(440.0, 1.0), 40, {440.0, 0.0}), Error);
  CHECK(tone_error(sine(1000.0, 0.02), kRateHz, {1000.0, level_dbfs(0.25)}).level_db < 1e-3);
  CHECK(tone_error(Signal{0.1f}, 50, {10.0, -20.0}).level_db < 1e-3);
}

}  // namespace
}  // namespace ictus::metrics
