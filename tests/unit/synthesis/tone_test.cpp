// What partials sound like.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {

TEST_CASE("A tone of full scale is one, at its frequency, and nothing else") {
  for (const float hz : {25.0F, 220.0F, 1000.0F, 10500.0F}) {
    CAPTURE(hz);
    const std::vector<float> samples = rendered(steady_tone(hz), 3.0);
    const auto exact_hz = static_cast<double>(std::exp2(std::log2(hz)));
    CHECK(amplitude_at(samples, exact_hz, 0.5, 2.5) == doctest::Approx(1.0).epsilon(1e-3));
    CHECK(decibels(power_of(samples, 0.5, 2.5)) == doctest::Approx(0.0).epsilon(0.01));
    // A thousandth of a turn in two seconds: the phase goes on from period to period.
    const double drift =
        phase_at(samples, exact_hz, 2.4, 2.9) - phase_at(samples, exact_hz, 0.4, 0.9) - exact_hz * 2.0;
    CHECK(std::abs(drift - std::round(drift)) < 2e-3);
    // What is not the tone: its distance from the sine that fits it best.
    const double amplitude = amplitude_at(samples, exact_hz, 1.0, 1.25);
    const double phase = phase_at(samples, exact_hz, 1.0, 1.25);
    double rest = 0.0;
    for (int i = 0; i < kRate / 4; ++i) {
      const double turns = phase + exact_hz * i / kRate;
      const double fit = amplitude * std::cos(2.0 * std::numbers::pi * turns);
      const double off = static_cast<double>(samples[static_cast<std::size_t>(kRate + i)]) - fit;
      rest += 2.0 * off * off / (kRate / 4);
    }
    CHECK(decibels(rest) < -60.0);
  }
}

TEST_CASE("Partials share an event's power as their levels say, at stretched frequencies") {
  EventSound sound = steady_tone(200.0F);
  sound.gain_db = -20.0F;
  sound.inharmonicity_log = std::log(1e-3F);
  sound.partials_db[1] = -6.0F;
  sound.partials_db[4] = -12.0F;
  const std::vector<float> samples = rendered(sound, 3.0);
  const double sum = 1.0 + std::pow(10.0, -0.6) + std::pow(10.0, -1.2);
  const auto hz = [](double n) { return 200.0 * n * std::sqrt((1.0 + 1e-3 * n * n) / (1.0 + 1e-3)); };
  const auto level = [&](double n) {
    return decibels(std::pow(amplitude_at(samples, hz(n), 0.5, 2.5), 2.0) * sum) + 20.0;
  };
  CHECK(std::abs(level(1.0)) < 0.05);
  CHECK(std::abs(level(2.0) + 6.0) < 0.05);
  CHECK(std::abs(level(5.0) + 12.0) < 0.05);
  CHECK(level(3.0) < -60.0);
}

TEST_CASE("Power falls by as many dB in a second as the rate says, and the damper makes it fall faster") {
  EventSound sound = steady_tone(500.0F);
  sound.decay_log_rate.fill(std::log(3.0F));
  sound.hold_log_s = std::log(1.0F);
  sound.damping_log_rate = std::log(20.0F);
  const std::vector<float> samples = rendered(sound, 2.0);
  const auto level = [&](double at_s) { return decibels(power_of(samples, at_s - 0.02, at_s + 0.02)); };
  const double db_per_neper = 10.0 / std::log(10.0);
  CHECK(level(0.2) - level(0.8) == doctest::Approx(0.6 * 3.0 * db_per_neper).epsilon(0.01));
  CHECK(level(1.2) - level(1.5) == doctest::Approx(0.3 * 23.0 * db_per_neper).epsilon(0.01));
}

TEST_CASE("An attack begins at its onset and rises as power, in a straight line, for its length") {
  EventSound sound = steady_tone(2000.0F);
  sound.attack_log_s = std::log(0.199F);  // to which a millisecond comes
  SynthesizerSettings settings;
  settings.projects = false;
  constexpr std::int64_t kOnset = 12345;
  const std::vector<float> samples = rendered({{kOnset, sound}}, kRate, settings);
  CHECK(std::all_of(samples.begin(), samples.begin() + kOnset, [](float x) { return x == 0.0F; }));
  const bool heard = std::any_of(samples.begin() + kOnset, samples.begin() + kOnset + 40,
                                 [](float x) { return std::abs(x) > 0.01F; });
  CHECK(heard);
  const double onset_s = static_cast<double>(kOnset) / kRate;
  for (const double part : {0.1, 0.3, 0.5, 0.9}) {
    CAPTURE(part);
    const double at_s = onset_s + 0.2 * part;
    CHECK(power_of(samples, at_s - 0.005, at_s + 0.005) == doctest::Approx(part).epsilon(0.02));
  }
  CHECK(power_of(samples, onset_s + 0.21, onset_s + 0.3) == doctest::Approx(1.0).epsilon(0.01));
}

TEST_CASE("A contour goes through its points") {
  EventSound sound = steady_tone(1000.0F);
  sound.gain_db = -20.0F;
  sound.contour_db = {-6.0F, 4.0F, -10.0F, 0.0F, 2.0F, -3.0F};
  const std::vector<float> samples = rendered(sound, 4.0);
  const auto level = [&](double at_s) {
    return decibels(power_of(samples, at_s - 0.005, at_s + 0.005)) + 20.0;
  };
  CHECK(std::abs(level(0.05) + 3.0) < 0.2);
  CHECK(std::abs(level(0.1) + 6.0) < 0.3);
  CHECK(std::abs(level(0.2) - 4.0) < 0.3);
  CHECK(std::abs(level(0.3) + 3.0) < 0.2);
  CHECK(std::abs(level(1.2) - 1.0) < 0.1);
  CHECK(std::abs(level(3.6) + 3.0) < 0.1);
}

TEST_CASE("A glide arrives at its pitch in a straight line of semitones") {
  EventSound sound = steady_tone(880.0F);
  sound.glide_semitones = -12.0F;
  sound.glide_log_s = std::log(2.0F);
  const std::vector<float> samples = rendered(sound, 3.0);
  for (const double at_s : {0.1, 0.7, 1.3, 1.9}) {
    CAPTURE(at_s);
    const double expected = 880.0 * std::exp2(-(1.0 - at_s / 2.0));
    CHECK(std::abs(1200.0 * std::log2(crossing_hz(samples, at_s - 0.03, at_s + 0.03) / expected)) < 2.0);
  }
  CHECK(crossing_hz(samples, 2.1, 2.9) == doctest::Approx(880.0).epsilon(1e-5));
  // No steps between the places where the pitch is computed: beside the tone there is nothing.
  CHECK(decibels(power_of(samples, 0.1, 1.9)) == doctest::Approx(0.0).epsilon(0.02));
}

TEST_CASE("A glide has no sidebands from being computed in steps") {
  EventSound sound = steady_tone(4000.0F);
  sound.vibrato_semitones = 1.0F;
  sound.vibrato_log_hz = std::log(6.0F);
  const std::vector<float> samples = rendered(sound, 2.0);
  // The period of computing, 64 samples, would be heard 689 Hz to either side.
  CHECK(decibels(std::pow(amplitude_at(samples, 4000.0 + 1378.0, 0.2, 1.8), 2.0)) < -90.0);
}

TEST_CASE("Vibrato swings by its depth at its rate") {
  EventSound sound = steady_tone(1000.0F);
  sound.vibrato_semitones = 0.5F;
  sound.vibrato_log_hz = std::log(5.0F);
  const std::vector<float> samples = rendered(sound, 2.0);
  for (const double at_s : {1.05, 1.15, 1.25}) {
    CAPTURE(at_s);
    const double semitones = 12.0 * std::log2(crossing_hz(samples, at_s - 0.006, at_s + 0.006) / 1000.0);
    CHECK(semitones == doctest::Approx(0.5 * std::sin(2.0 * std::numbers::pi * 5.0 * at_s)).epsilon(0.05));
  }
}

TEST_CASE("What a pitch that moves carries beyond half of the sample rate is not heard") {
  EventSound sound = steady_tone(15000.0F);
  sound.glide_semitones = 12.0F;
  sound.glide_log_s = std::log(1.0F);
  const std::vector<float> samples = rendered(sound, 2.0);
  CHECK(power_of(samples, 0.01, 0.35) == 0.0);  // above 23 kHz
  CHECK(decibels(power_of(samples, 1.1, 1.9)) == doctest::Approx(0.0).epsilon(0.01));
}

TEST_CASE("The room answers, and rings on when the sound has ended") {
  EventSound sound = steady_tone(300.0F);
  sound.hold_log_s = std::log(1.0F);
  sound.damping_log_rate = std::log(400.0F);
  sound.room_db = -10.0F;
  sound.room_log_s = std::log(1.5F);
  const std::vector<float> samples = rendered(sound, 3.0);
  const double fall_db = 60.0 / 1.5 * (1.0 + 300.0 / 6000.0);  // in a second
  const double rate = 0.1 * fall_db * std::log(10.0);
  // What the room should hold: step after step, it takes from the sound and loses.
  const auto room_after = [&](double end_s) {
    double room = 0.0;
    constexpr double kStep = 1e-4;
    for (double t = 0.0; t < end_s; t += kStep)
      room += kStep * rate * (std::exp(static_cast<double>(course_log(sound, static_cast<float>(t)))) - room);
    return 0.1 * room;
  };
  CHECK(std::abs(decibels(power_of(samples, 0.7, 0.8) / (1.0 + room_after(0.75)))) < 0.05);
  CHECK(std::abs(decibels(power_of(samples, 1.19, 1.21) / room_after(1.2))) < 0.1);
  const double fallen = decibels(power_of(samples, 1.19, 1.21) / power_of(samples, 1.69, 1.71));
  CHECK(fallen == doctest::Approx(0.5 * fall_db).epsilon(0.01));
}

TEST_CASE("Position shares power between both channels") {
  SynthesizerSettings settings;
  settings.channels = 2;
  settings.projects = false;
  for (const bool noisy : {false, true}) {
    CAPTURE(noisy);
    const auto powers = [&](float position) {
      EventSound sound = noisy ? steady_noise() : steady_tone(1000.0F);
      sound.position = position;
      const std::vector<float> samples = rendered({{0, sound}}, kRate, settings);
      return std::pair(power_of(channel(samples, 0), 0.1, 0.9), power_of(channel(samples, 1), 0.1, 0.9));
    };
    const auto [middle_left, middle_right] = powers(0.0F);
    CHECK(middle_left == doctest::Approx(middle_right));
    const double whole = middle_left + middle_right;
    CHECK(std::abs(decibels(whole)) < (noisy ? 0.3 : 0.01));
    for (const float position : {-1.0F, -0.5F, 0.6F, 1.0F}) {
      CAPTURE(position);
      const auto [left, right] = powers(position);
      CHECK(left + right > 0.5);
      CHECK(left / (left + right) ==
            doctest::Approx(0.5 * (1.0 - static_cast<double>(position))).epsilon(1e-3));
    }
  }
}

TEST_CASE("Many equal partials do not sum to clicks") {
  EventSound sound = steady_tone(110.0F);
  sound.partials_db.fill(0.0F);
  const std::vector<float> samples = rendered(sound, 1.0);
  float peak = 0.0F;
  for (const float x : samples) peak = std::max(peak, std::abs(x));
  // 64 sines of equal phase would have 21 dB, those of random phases have 11 to 13.
  CHECK(decibels(2.0 * static_cast<double>(peak * peak) / power_of(samples, 0.1, 0.9)) < 9.5);
}

}  // namespace ictus::synthesis
