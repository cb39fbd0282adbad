// A tone that is said in pieces is one tone.
#include "lib/synthesis/starting_phases.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "lib/synthesis/audible.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

/// A tone of full scale that is let go after a second, and dies away by 60 dB within 0.3 s then.
EventSound held_tone(float hz) {
  EventSound sound = steady_tone(hz);
  sound.hold_log_s = 0.0F;
  sound.damping_log_rate = std::log(46.0F);
  return sound;
}

/// The phases of the partials of an event that begins `later` samples after another.
Turns phases_after(const EventSound& first, const EventSound& next, std::int64_t later) {
  StartingPhases phases(kRate);
  (void)phases.of(first, heard_partials(first), 1000, 0.3F);
  return phases.of(next, heard_partials(next), 1000 + later, 0.7F);
}

/// The softest and the loudest 10 ms between two times, dB.
std::pair<double, double> extremes(const std::vector<float>& samples, double from_s, double to_s) {
  double least = 1e9;
  double most = -1e9;
  for (double at_s = from_s; at_s < to_s; at_s += 0.005) {
    const double level = decibels(power_of(samples, at_s, at_s + 0.01));
    least = std::min(least, level);
    most = std::max(most, level);
  }
  return {least, most};
}

}  // namespace

TEST_CASE("a tone that goes on where one is let go is one tone, whenever it does") {
  for (const std::int64_t later : {44000, 44013, 44025, 44038, 44050, 44063, 44075, 44088}) {
    CAPTURE(later);
    const std::vector<float> samples =
        rendered({{0, held_tone(440.0F)}, {later, held_tone(440.0F)}}, 80000, SynthesizerSettings{});
    // They overlap by 0.2 s, while one dies away.
    const auto [least, most] = extremes(samples, 0.9, 1.6);
    CHECK(least > -1.5);
    CHECK(most < 3.3);
  }
}

TEST_CASE("a partial goes on with the phase of what is let go at its frequency") {
  const EventSound tone = held_tone(441.0F);  // 100 samples a period
  const double begun = phases_after(tone, tone, 44100)[0];
  for (const std::int64_t later : {43000, 44000, 45000})
    CHECK(std::abs(phases_after(tone, tone, later)[0] - begun) < 1e-3);
  const double quarter = phases_after(tone, tone, 44125)[0] - begun;
  CHECK(std::abs(quarter - std::round(quarter - 0.25) - 0.25) < 1e-3);
}

TEST_CASE("at other frequencies and times, and beside what is far softer, phases are its own") {
  const EventSound tone = held_tone(441.0F);
  StartingPhases alone(kRate);
  const double own = alone.of(tone, heard_partials(tone), 0, 0.7F)[0];
  CHECK(phases_after(held_tone(470.0F), tone, 44130)[0] == own);
  CHECK(phases_after(tone, tone, 20030)[0] == own);
  CHECK(phases_after(tone, tone, 80030)[0] == own);
  EventSound soft = tone;
  soft.gain_db -= 30.0F;
  CHECK(phases_after(soft, tone, 44130)[0] == own);
  CHECK(phases_after(tone, soft, 44130)[0] != own);
}

TEST_CASE("what glides is gone on from where it has come to") {
  EventSound gliding = held_tone(882.0F);
  gliding.glide_semitones = -12.0F;
  gliding.glide_log_s = std::log(0.8F);
  for (const std::int64_t later : {44000, 44010, 44020, 44030, 44040}) {
    CAPTURE(later);
    const std::vector<float> samples =
        rendered({{0, gliding}, {later, held_tone(882.0F)}}, 80000, SynthesizerSettings{});
    const auto [least, most] = extremes(samples, 0.9, 1.6);
    CHECK(least > -1.5);
    CHECK(most < 3.3);
  }
}

}  // namespace ictus::synthesis
