// One event for each of the simplest sounds: if that comes back wrong, nothing else can be right.
#include "lib/analysis/fit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/explain.hpp"
#include "lib/synthesis/sound_range.hpp"
#include "lib/synthesis/time_course.hpp"
#include "signals.hpp"

using namespace ictus::analysis;
using ictus::synthesis::EventSound;

namespace {

constexpr int kSteps = 120;

double cents(double a, double b) { return 1200.0 * std::log2(a / b); }

/// The pitch that an event has at a moment of the stretch, Hz.
double pitch_at(const EventSound& event, double seconds) {
  const auto elapsed = static_cast<float>(seconds) - event.onset_s;
  return std::exp2(static_cast<double>(event.pitch_octaves) +
                   static_cast<double>(ictus::synthesis::deviation_semitones(event, elapsed)) / 12.0);
}

}  // namespace

TEST_CASE("steady tones of all heights and levels are one event of that pitch and level") {
  for (const double hz : {60.0, 440.0, 5000.0, 9000.0}) {
    for (const double amplitude : {0.25, 0.025, 0.0025}) {
      CAPTURE(hz);
      CAPTURE(amplitude);
      const Stretch stretch(tone(2.0, amplitude, 1, [&](double) { return hz; }));
      const EventSound event = single_event(stretch, kSteps);
      // Whichever partial it was taken for, that one lies at the tone's frequency.
      const double ratio = hz / std::exp2(static_cast<double>(event.pitch_octaves));
      CHECK(std::abs(cents(ratio, std::round(ratio))) < 5.0);
      const PowerMaps explained = explained_by({event}, stretch.nothing, stretch.target.peak());
      for (const int frame : {10, 40, 70}) {
        double is = 0.0, should_be = 0.0;
        for (int b = 0; b < explained.fine.bands; ++b) {
          const double width = views().fine.width_bins[static_cast<std::size_t>(b)];
          is += width * static_cast<double>(explained.fine.row(b)[frame]);
          should_be += width * static_cast<double>(stretch.target.sound().fine.row(b)[frame]);
        }
        CHECK(std::abs(10.0 * std::log10(is / should_be)) < 0.5);
      }
    }
  }
}

TEST_CASE("a glide of an octave in two seconds is one event, within 20 cents throughout") {
  const auto hz = [](double t) { return 220.0 * std::exp2(std::min(t / 2.0, 1.0)); };
  const EventSound event = single_event(Stretch(tone(4.0, 0.1, 10, hz)), kSteps);
  for (double t = 0.1; t < 3.9; t += 0.1) CHECK(std::abs(cents(pitch_at(event, t), hz(t))) < 20.0);
}

TEST_CASE("vibrato of 50 cents at 5.5 Hz is one event, within 20 cents throughout") {
  for (const double middle_hz : {220.0, 880.0}) {
    const auto hz = [&](double t) {
      return middle_hz * std::exp2(0.5 / 12.0 * std::sin(2.0 * std::numbers::pi * 5.5 * t));
    };
    const EventSound event = single_event(Stretch(tone(4.0, 0.1, 10, hz)), kSteps);
    for (double t = 0.1; t < 3.9; t += 0.02) CHECK(std::abs(cents(pitch_at(event, t), hz(t))) < 20.0);
  }
}

TEST_CASE("noise is one event of noise, as loud") {
  const Stretch stretch(white_noise(2.0, 0.05, 5));
  const EventSound event = single_event(stretch, kSteps);
  const PowerMaps explained = explained_by({event}, stretch.nothing, stretch.target.peak());
  double is = 0.0, should_be = 0.0;
  for (int b = 0; b < explained.fine.bands; ++b) {
    const auto at = static_cast<std::size_t>(b);
    if (views().fine.centre_hz[at] > 19000.0F) continue;
    for (int t = 10; t < 70; ++t) {
      is += static_cast<double>(explained.fine.row(b)[t] * views().fine.width_bins[at]);
      should_be += static_cast<double>(stretch.target.sound().fine.row(b)[t] * views().fine.width_bins[at]);
    }
  }
  CHECK(std::abs(10.0 * std::log10(is / should_be)) < 1.5);
}

// By salience alone the last note of a chord may be read an octave low: it sounds right, and says the wrong
// pitch.
TEST_CASE("the notes of a chord are found but for an octave, at three levels") {
  for (const double amplitude : {0.1, 0.01, 0.001}) {
    CAPTURE(amplitude);
    std::vector<float> chord(static_cast<std::size_t>(2.0 * kRateHz));
    const std::array hz{261.63, 329.63, 392.0};
    for (const double note_hz : hz) {
      const auto note = tone(2.0, amplitude, 8, [&](double) { return note_hz; });
      for (std::size_t i = 0; i < chord.size(); ++i) chord[i] += note[i];
    }
    const Stretch stretch(chord);
    const std::array looks{Look{1, 40}, Look{1, 40}, Look{2, 80}};
    const auto events = explain_freely(stretch, looks, true);
    for (const double note_hz : hz) {
      const bool is_found = std::any_of(events.begin(), events.end(), [&](const EventSound& event) {
        const double found_hz = std::exp2(static_cast<double>(event.pitch_octaves));
        return std::abs(cents(found_hz, note_hz)) < 10.0 || std::abs(cents(2.0 * found_hz, note_hz)) < 10.0;
      });
      CHECK_MESSAGE(is_found, note_hz);
    }
  }
}

TEST_CASE("a click is an event that is over soon, at three levels") {
  for (const float amplitude : {0.5F, 0.05F, 0.005F}) {
    CAPTURE(amplitude);
    std::vector<float> click(44100);
    click[10000] = amplitude;
    const Stretch stretch(click);
    const EventSound event = single_event(stretch, kSteps);
    const PowerMaps explained = explained_by({event}, stretch.nothing, stretch.target.peak());
    double is = 0.0, should_be = 0.0, late = 0.0;
    for (int b = 0; b < explained.fine.bands; ++b) {
      const double width = views().fine.width_bins[static_cast<std::size_t>(b)];
      for (int t = 0; t < explained.fine.frames; ++t) {
        is += width * static_cast<double>(explained.fine.row(b)[t]);
        should_be += width * static_cast<double>(stretch.target.sound().fine.row(b)[t]);
        if (t > 16) late += width * static_cast<double>(explained.fine.row(b)[t]);
      }
    }
    CHECK(std::abs(10.0 * std::log10(is / should_be)) < 3.0);
    CHECK(late < 0.01 * is);
    CHECK(std::abs(event.onset_s - 10000.0F / 44100.0F) < 0.03F);
  }
}

TEST_CASE("fitting comes closer, and the same events are fitted alike") {
  const Stretch stretch(tone(1.0, 0.1, 6, [](double) { return 311.13; }));
  std::vector<float> left = stretch.bins;
  std::vector<EventSound> start;
  for (const Proposal& proposal :
       propose(left, stretch.map, stretch.low, 3, 3e-7F * stretch.target.peak(), 0.5F))
    start.push_back(proposal.guess);
  const float before = distance_of(start, stretch.target, stretch.nothing);
  auto once = start, again = start;
  const float after = fit(once, stretch.target, stretch.nothing, 30);
  CHECK(after < 0.7F * before);
  CHECK(fit(again, stretch.target, stretch.nothing, 30) == after);
  for (const EventSound& event : once) {
    for (std::size_t i = 0; i < ictus::synthesis::kSoundNumbers; ++i) {
      CHECK(numbers_of(event)[i] >= numbers_of(ictus::synthesis::lowest_sound())[i]);
      CHECK(numbers_of(event)[i] <= numbers_of(ictus::synthesis::highest_sound())[i]);
    }
  }
}
