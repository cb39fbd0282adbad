#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "lib/analysis/fit.hpp"
#include "lib/analysis/motion.hpp"
#include "lib/analysis/propose.hpp"
#include "lib/analysis/salience.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

TEST_CASE("the most salient pitch of a tone is its own, to a tenth of a bin") {
  for (const double hz : {41.2, 110.0, 261.63, 987.77, 3136.0, 8000.0}) {
    for (const int partials : {1, 10}) {
      const auto sound = tone(0.5, 0.1, partials, [&](double) { return hz; });
      const Stretch stretch(sound);
      const auto found = pitch_candidates(mean_spectrum(stretch.map, 4, 14), stretch.map.hz_per_bin, 4);
      REQUIRE(!found.empty());
      // A sine alone may as well be the second partial of a sound an octave below: both are candidates.
      bool is_there = false;
      for (const auto& candidate : found) is_there = is_there || std::abs(candidate.hz - hz) < 1.1;
      CHECK_MESSAGE(is_there, hz << " Hz, " << partials << " partials: " << found.front().hz);
      if (partials > 1) CHECK(std::abs(found.front().hz - hz) < 1.1);
    }
  }
}

TEST_CASE("onsets of two tones are found where they are, and their pitches") {
  auto sound = tone(1.5, 0.1, 8, [](double) { return 220.0; });
  const auto second = tone(0.9, 0.1, 8, [](double) { return 523.25; });
  for (std::size_t i = 0; i < second.size(); ++i) sound[26460 + i] += second[i];  // from 0.6 s on
  const Stretch stretch(sound);
  std::vector<float> left = stretch.bins;
  const auto events = propose(left, stretch.map, stretch.low, 2, 3e-7F * stretch.target.peak(), 0.5F);
  REQUIRE(events.size() == 2);
  const bool in_order = events[0].guess.pitch_octaves < events[1].guess.pitch_octaves;
  const auto& low = events[in_order ? 0 : 1].guess;
  const auto& high = events[in_order ? 1 : 0].guess;
  CHECK(std::exp2(low.pitch_octaves) == doctest::Approx(220.0).epsilon(0.003));
  CHECK(std::exp2(high.pitch_octaves) == doctest::Approx(523.25).epsilon(0.003));
  CHECK(low.onset_s < 0.05F);
  CHECK(std::abs(high.onset_s - 0.6F) < 0.05F);
}

TEST_CASE("pitches whose partials lie within one lobe of the short window are found in the long one") {
  const auto proposed_hz = [](double hz, int partials) {
    const Stretch stretch(tone(2.0, 0.1, partials, [&](double) { return hz; }));
    std::vector<float> left = stretch.bins;
    const auto events = propose(left, stretch.map, stretch.low, 1, 3e-7F * stretch.target.peak(), 0.5F);
    return static_cast<double>(std::exp2(events.at(0).guess.pitch_octaves));
  };
  for (const double hz : {27.5, 30.87, 36.7, 43.65, 51.9, 61.7})
    CHECK(std::abs(1200.0 * std::log2(proposed_hz(hz, 40) / hz)) < 10.0);
  // What has no such partials is not taken for something low.
  for (const double hz : {82.4, 110.0, 220.0, 987.77})
    CHECK(std::abs(1200.0 * std::log2(proposed_hz(hz, 12) / hz)) < 20.0);
}

TEST_CASE("pure tones are proposed as themselves, not as partials of one below") {
  // 440 and 1500 Hz lie near the second and seventh partial of 215 Hz, 500, 625 and 750 Hz on three of 125
  // Hz.
  for (const std::vector<double>& tones : {std::vector<double>{440.0, 1500.0}, {500.0, 625.0, 750.0}}) {
    std::vector<float> sound(44100);
    for (const double hz : tones) {
      const auto one = tone(1.0, 0.1, 1, [&](double) { return hz; });
      for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += one[i];
    }
    const Stretch stretch(sound);
    std::vector<float> left = stretch.bins;
    const auto events = propose(left, stretch.map, stretch.low, 1, 3e-7F * stretch.target.peak(), 0.5F);
    const double found_hz = std::exp2(static_cast<double>(events.at(0).guess.pitch_octaves));
    const bool is_one =
        std::any_of(tones.begin(), tones.end(), [&](double hz) { return std::abs(found_hz - hz) < 4.0; });
    CHECK_MESSAGE(is_one, found_hz << " Hz");
  }
}

TEST_CASE("a pitch that stays is given no motion") {
  const Stretch stretch(tone(2.0, 0.1, 8, [](double) { return 330.0; }));
  auto event = spectral_guess(mean_spectrum(stretch.map, 4, 14), stretch.map.hz_per_bin, 330.0F);
  guess_motion(event, stretch.map, 0);
  CHECK(event.glide_semitones == 0.0F);
  CHECK(event.vibrato_semitones == 0.0F);
}

TEST_CASE("a tone that glides away from where it began is proposed to last") {
  // An octave in a second: in its first bins it is for two frames.
  const Stretch stretch(tone(2.0, 0.1, 8, [](double s) { return 330.0 * std::exp2(std::min(s, 1.0)); }));
  std::vector<float> left = stretch.bins;
  const auto events = propose(left, stretch.map, stretch.low, 1, 3e-7F * stretch.target.peak(), 0.5F);
  REQUIRE(events.size() == 1);
  CHECK(events[0].guess.glide_semitones == doctest::Approx(-12.0).epsilon(0.1));
  // After its second of gliding it is still within 6 dB.
  CHECK(std::exp(events[0].guess.decay_log_rate[0]) < 1.4F);
  CHECK(std::exp(events[0].guess.hold_log_s) > 1.8F);
}

TEST_CASE("a pitch that no single glide describes is described as far as one does, and ends there") {
  // Up by a fifth in a second, and down again in the next.
  const auto hz = [](double s) { return 330.0 * std::exp2(7.0 / 12.0 * (s < 1.0 ? s : 2.0 - s)); };
  const Stretch stretch(tone(2.0, 0.1, 8, hz));
  auto event = spectral_guess(mean_spectrum(stretch.map, 1, 3), stretch.map.hz_per_bin, 330.0F);
  guess_motion(event, stretch.map, 0);
  CHECK(event.glide_semitones == doctest::Approx(-7.0).epsilon(0.15));
  CHECK(std::exp2(event.pitch_octaves) == doctest::Approx(hz(1.0)).epsilon(0.06));
  const float held_s = std::exp(event.hold_log_s);
  CHECK(held_s > 0.8F);
  CHECK(held_s < 1.3F);
}

TEST_CASE("silence is proposed nothing for") {
  const Stretch stretch(std::vector<float>(44100));
  std::vector<float> left = stretch.bins;
  CHECK(propose(left, stretch.map, stretch.low, 4, 1e-12F, 0.5F).empty());
}

TEST_CASE("what is seen of a proposal depends neither on its pitch nor on its level") {
  const auto seen = [](double hz, double amplitude) {
    const Stretch stretch(tone(1.0, amplitude, 6, [&](double) { return hz; }));
    return proposal_view(stretch.map, static_cast<float>(hz), 0, 1e-12F, 0);
  };
  const ProposalView low = seen(440.0, 0.1);
  const ProposalView high = seen(880.0, 0.1);
  const ProposalView soft = seen(440.0, 0.001);
  CHECK(low.reference_db - soft.reference_db == doctest::Approx(40.0).epsilon(0.01));
  for (std::size_t row = 0; row < 6; ++row) {
    for (std::size_t cell = 4; cell < 15; ++cell) {  // whose windows lie within the tone
      const std::size_t at = row * kViewCells + cell;
      CAPTURE(row);
      CAPTURE(cell);
      // In units of 20 dB: partials lie otherwise between bins.
      CHECK(std::abs(low.levels[at] - high.levels[at]) < 0.08F);
      CHECK(std::abs(low.levels[at] - soft.levels[at]) < 0.01F);
      // The h-th partial is 1/h as strong; 0 is -30 dB.
      const double level_db = 20.0 * static_cast<double>(low.levels[at]) - 30.0;
      CHECK(std::abs(level_db + 20.0 * std::log10(static_cast<double>(row + 1))) < 2.0);
    }
  }
  CHECK(high.context[0] - low.context[0] == doctest::Approx(0.5));
  // Nothing is there before it, and nothing where the sixth partial was the last.
  CHECK(seen(440.0, 0.1).levels[0] == doctest::Approx(-2.5));
  CHECK(low.levels[7 * kViewCells + 5] < -1.0F);
}
