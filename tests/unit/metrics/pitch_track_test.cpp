#include "lib/metrics/pitch_track.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "lib/core/error.hpp"
#include "tests/unit/metrics/signals.hpp"

namespace ictus::metrics {
namespace {

constexpr int kRateHz = 44100;
constexpr double kSeconds = 4.0;

template <typename Hz>
std::vector<double> track(Hz hz_at, double seconds = kSeconds) {
  std::vector<double> hz(static_cast<std::size_t>(seconds * kRateHz));
  for (std::size_t i = 0; i < hz.size(); ++i) hz[i] = hz_at(static_cast<double>(i) / kRateHz);
  return hz;
}

std::vector<double> glide(double from_hz) {
  return track([&](double t) { return from_hz * std::exp2(std::clamp((t - 1.0) / 2.0, 0.0, 1.0)); });
}

std::vector<double> vibrato(double hz) {
  return track(
      [&](double t) { return hz * std::exp2(50.0 / 1200.0 * std::sin(2.0 * std::numbers::pi * 5.5 * t)); });
}

std::vector<double> held(double hz) {
  return track([&](double) { return hz; });
}

std::vector<double> moved(std::vector<double> hz, double cents) {
  for (double& each : hz) each *= std::exp2(cents / 1200.0);
  return hz;
}

/// Partials 1 to 10, each weaker than the one before.
Signal harmonic(const std::vector<double>& hz) {
  double phase = 0.0;
  return signal(hz.size(), [&](std::size_t i) {
    phase += 2.0 * std::numbers::pi * hz[i] / kRateHz;
    double value = 0.0;
    for (int k = 1; k <= 10; ++k) value += 0.05 / k * std::sin(k * phase);
    return value;
  });
}

/// From the lowest to the highest deviation; every frame must have one.
std::pair<double, double> range(const Signal& sound, const std::vector<double>& hz, int partial = 1) {
  double lowest = 1e9;
  double highest = -1e9;
  for (const PitchDeviation& deviation : pitch_deviations(sound, kRateHz, hz, partial)) {
    REQUIRE(deviation.cents.has_value());
    lowest = std::min(lowest, *deviation.cents);
    highest = std::max(highest, *deviation.cents);
  }
  return {lowest, highest};
}

void check(std::pair<double, double> range, double lowest, double highest, double within) {
  CHECK(std::abs(range.first - lowest) < within);
  CHECK(std::abs(range.second - highest) < within);
}

TEST_CASE("a pitch that moves as it should does not deviate, however fast that is") {
  check(range(harmonic(glide(220.0)), glide(220.0)), 0.0, 0.0, 0.5);
  check(range(harmonic(glide(880.0)), glide(880.0)), 0.0, 0.0, 0.5);
  check(range(harmonic(vibrato(220.0)), vibrato(220.0)), 0.0, 0.0, 0.5);
  check(range(harmonic(vibrato(880.0)), vibrato(880.0), 7), 0.0, 0.0, 0.5);
  check(range(harmonic(held(40.0)), held(40.0)), 0.0, 0.0, 1.0);
}

TEST_CASE("a frame every 20 ms, of those whose window lies inside") {
  const auto found = pitch_deviations(harmonic(held(440.0)), kRateHz, held(440.0));
  CHECK(found.size() == 198);  // 0 to 3.94 s
  CHECK(found.front().time_s == doctest::Approx(0.03).epsilon(1e-3));
  CHECK(found[100].time_s == doctest::Approx(2.03).epsilon(1e-3));
}

TEST_CASE("a deviation has its size and its sign throughout") {
  for (const double cents : {-150.0, -15.0, 4.0, 60.0}) {
    check(range(harmonic(moved(glide(220.0), cents)), glide(220.0)), cents, cents,
          0.5 + 0.01 * std::abs(cents));
    check(range(harmonic(moved(vibrato(880.0), cents)), vibrato(880.0)), cents, cents,
          0.5 + 0.01 * std::abs(cents));
  }
  check(range(harmonic(moved(glide(220.0), 25.0)), glide(220.0), 4), 25.0, 25.0, 1.0);
  check(range(harmonic(moved(held(440.0), -1000.0)), held(440.0)), -1000.0, -1000.0, 2.0);
}

TEST_CASE("a vibrato that is lost, or is against the other, is seen") {
  // 60 ms under a window are a third of a period of the vibrato, so that its depth is found a little smaller.
  check(range(harmonic(held(440.0)), vibrato(440.0)), -50.0, 50.0, 6.0);
  const std::vector<double> against = track([&](double t) {
    return 440.0 * std::exp2(-50.0 / 1200.0 * std::sin(2.0 * std::numbers::pi * 5.5 * t));
  });
  check(range(harmonic(against), vibrato(440.0)), -100.0, 100.0, 12.0);
}

TEST_CASE("a stair in place of a glide deviates by up to half a step") {
  const std::vector<double> stair = track([](double t) {
    return 220.0 * std::exp2(std::round(4.0 * std::clamp((t - 1.0) / 2.0, 0.0, 1.0)) / 4.0);
  });
  std::vector<double> away;
  for (const PitchDeviation& deviation : pitch_deviations(harmonic(stair), kRateHz, glide(220.0))) {
    if (deviation.time_s > 1.1 && deviation.time_s < 2.9) away.push_back(std::abs(deviation.cents.value()));
  }
  std::sort(away.begin(), away.end());
  CHECK(away[away.size() / 2] == doctest::Approx(75.0).epsilon(0.1));
  CHECK(away.back() > 120.0);
}

TEST_CASE("where the partial is not there, there is no deviation") {
  Signal sound = harmonic(held(440.0));
  std::fill(sound.begin() + 2 * kRateHz, sound.end(), 0.0f);
  for (const PitchDeviation& deviation : pitch_deviations(sound, kRateHz, held(440.0))) {
    if (deviation.time_s < 2.0) CHECK(deviation.cents.has_value());
    if (deviation.time_s > 2.04) CHECK(!deviation.cents.has_value());
  }
  for (const PitchDeviation& deviation : pitch_deviations(Signal(kRateHz, 0.0f), kRateHz, held(440.0))) {
    CHECK(!deviation.cents.has_value());
  }
}

TEST_CASE("what cannot be followed is refused") {
  CHECK_THROWS_AS((void)pitch_deviations(harmonic(held(440.0)), kRateHz, held(0.0)), Error);
  CHECK_THROWS_AS((void)pitch_deviations(harmonic(held(440.0)), kRateHz, held(14700.0)), Error);
  CHECK_THROWS_AS((void)pitch_deviations(harmonic(held(440.0)), kRateHz, held(2100.0), 10), Error);
  CHECK(!pitch_deviations(harmonic(held(440.0)), kRateHz, held(14699.0)).empty());
  CHECK_THROWS_AS((void)pitch_deviations(Signal{}, kRateHz, held(440.0)), Error);
  CHECK_THROWS_AS((void)pitch_deviations(Signal(2645, 0.1f), kRateHz, held(440.0)), Error);
  CHECK(pitch_deviations(Signal(2646, 0.1f), kRateHz, held(440.0)).size() == 1);
}

}  // namespace
}  // namespace ictus::metrics
