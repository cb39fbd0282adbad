// What the noise of events sounds like.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "lib/synthesis/fourier.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

/// Mean density in a band, in powers of a sine of full scale for each Hz.
double density(const std::vector<float>& samples, double low_hz, double high_hz, double from_s, double to_s) {
  constexpr int kSize = 4096;
  Fourier fourier(kSize);
  Spectrum spectrum(kSize);
  std::vector<float> frame(kSize);
  double sum = 0.0;
  int count = 0;
  const auto end = static_cast<std::size_t>(to_s * kRate);
  for (auto begin = static_cast<std::size_t>(from_s * kRate); begin + kSize <= end; begin += kSize / 4) {
    for (std::size_t i = 0; i < kSize; ++i)
      frame[i] =
          samples.at(begin + i) * (0.5F - 0.5F * std::cos(6.283185307F * static_cast<float>(i) / kSize));
    fourier.forward(frame, spectrum);
    for (auto bin = static_cast<std::size_t>(low_hz * kSize / kRate);
         bin <= static_cast<std::size_t>(high_hz * kSize / kRate); ++bin) {
      sum += static_cast<double>(spectrum.re[bin] * spectrum.re[bin] + spectrum.im[bin] * spectrum.im[bin]);
      ++count;
    }
  }
  // Of noise whose samples have a mean square of m, |X|^2 is m times the sum of the window's squares; its
  // density is 2 m for each of rate / 2 Hz.
  return 4.0 * sum / count / (0.375 * kSize) / kRate;
}

}  // namespace

TEST_CASE("Flat noise has the density that its power spreads over 20 kHz") {
  EventSound sound = steady_noise();
  sound.gain_db = -6.0F;
  const std::vector<float> samples = rendered(sound, 12.0);
  CHECK(std::abs(decibels(power_of(samples, 0.5, 11.5)) + 6.0) < 0.3);
  const double expected = -6.0 - decibels(20000.0);
  for (const double hz : {100.0, 500.0, 2000.0, 8000.0, 16000.0}) {
    CAPTURE(hz);
    CHECK(std::abs(decibels(density(samples, 0.8 * hz, 1.2 * hz, 0.5, 11.5)) - expected) < 0.5);
  }
  CHECK(decibels(density(samples, 20500.0, 22000.0, 0.5, 11.5)) < expected - 60.0);
}

TEST_CASE("Noise follows its envelope over frequency") {
  EventSound sound = steady_noise();
  for (std::size_t knot = 0; knot < kSpectrumKnots; ++knot)
    sound.noise_db[knot] =
        knot % 8 < 4 ? -5.0F * static_cast<float>(knot % 8) : -40.0F + 5.0F * static_cast<float>(knot % 8);
  const std::vector<float> samples = rendered(sound, 12.0);
  const NoiseDensity expected(sound);
  for (double hz = 300.0; hz < 18000.0; hz *= 1.3) {
    CAPTURE(hz);
    double mean = 0.0;
    for (int i = -10; i <= 10; ++i) {
      const std::array place{spectrum_place(static_cast<float>(hz * (1.0 + 0.005 * i)))};
      std::array<float, 1> at{};
      expected.at(place, at);
      mean += static_cast<double>(at[0]) / 21.0;
    }
    CHECK(std::abs(decibels(density(samples, 0.95 * hz, 1.05 * hz, 0.5, 11.5) / mean)) < 0.5);
  }
}

TEST_CASE("Noise begins at its onset, rises for its attack and decays at its rates") {
  EventSound sound = steady_noise();
  sound.noise_attack_log_s = std::log(0.004F);
  sound.noise_decay_log_rate = {std::log(8.0F), std::log(16.0F)};
  SynthesizerSettings settings;
  settings.projects = false;
  constexpr std::int64_t kOnset = 10007;
  const std::vector<float> samples = rendered({{kOnset, sound}}, 2 * kRate, settings);
  CHECK(std::all_of(samples.begin(), samples.begin() + kOnset, [](float x) { return x == 0.0F; }));
  const double onset_s = static_cast<double>(kOnset) / kRate;
  const double risen = power_of(samples, onset_s + 0.006, onset_s + 0.015);
  CHECK(decibels(power_of(samples, onset_s, onset_s + 0.001) / risen) < -4.0);
  CHECK(decibels(risen) > -3.0);
  const auto fall = [&](double low_hz, double high_hz) {
    return decibels(density(samples, low_hz, high_hz, onset_s + 0.1, onset_s + 0.4) /
                    density(samples, low_hz, high_hz, onset_s + 0.6, onset_s + 0.9));
  };
  const double db_per_neper = 10.0 / std::log(10.0);
  CHECK(std::abs(fall(7000.0, 15000.0) - 0.5 * 16.0 * db_per_neper) < 1.0);
  CHECK(std::abs(fall(50.0, 500.0) - 0.5 * 8.0 * db_per_neper) < 4.0);
}

TEST_CASE("A long attack of noise rises as power, in a straight line") {
  EventSound sound = steady_noise();
  sound.noise_attack_log_s = std::log(0.999F);
  const std::vector<float> samples = rendered(sound, 2.0);
  for (const double part : {0.1, 0.4, 0.7}) {
    CAPTURE(part);
    CHECK(std::abs(decibels(power_of(samples, part - 0.05, part + 0.05) / part)) < 0.6);
  }
  CHECK(std::abs(decibels(power_of(samples, 1.1, 1.9))) < 0.4);
}

TEST_CASE("The noises of two events add in power, also where they begin together") {
  EventSound sound = steady_noise();
  EventSound other = sound;
  other.hold_log_s -= 0.1F;
  SynthesizerSettings settings;
  settings.projects = false;
  for (const std::int64_t onset : {0, 100, 4410}) {
    CAPTURE(onset);
    const std::vector<float> samples = rendered({{0, sound}, {onset, other}}, 6 * kRate, settings);
    CHECK(std::abs(decibels(power_of(samples, 0.5, 5.5)) - decibels(2.0)) < 0.4);
  }
}

TEST_CASE("Noise has a room, too") {
  EventSound sound = steady_noise();
  sound.hold_log_s = std::log(0.5F);
  sound.damping_log_rate = std::log(2000.0F);
  sound.room_db = -10.0F;
  sound.room_log_s = std::log(2.0F);
  const std::vector<float> samples = rendered(sound, 2.0);
  const double low =
      decibels(density(samples, 300.0, 900.0, 0.6, 0.9) / density(samples, 300.0, 900.0, 1.1, 1.4));
  CHECK(std::abs(low - 0.5 * 30.0 * 1.1) < 3.0);
  // High sound dies sooner: 4 times as fast at 18 kHz.
  const double high =
      decibels(density(samples, 8000.0, 9000.0, 0.6, 0.8) / density(samples, 8000.0, 9000.0, 0.8, 1.0));
  CHECK(std::abs(high - 0.2 * 30.0 * (1.0 + 8500.0 / 6000.0)) < 4.0);
}

}  // namespace ictus::synthesis
