#include "lib/analysis/spare.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lib/analysis/fit.hpp"
#include "signals.hpp"

using namespace ictus;
using namespace ictus::analysis;

namespace {

VectorEvent tone_event(double hz) {
  const auto& network = trained_model()->timbre;
  const Stretch alone(tone(2.0, 0.1, 1, [hz](double) { return hz; }));
  std::vector<VectorEvent> events{nearest_vector(single_event(alone, 30), network)};
  fit_vectors(events, network, alone.target, alone.nothing, {60}, 1);
  return events[0];
}

/// 440 Hz and, with an amplitude of its own, 1500 Hz.
std::vector<float> two_tones(double other_amplitude = 0.1) {
  auto sound = tone(2.0, 0.1, 1, [](double) { return 440.0; });
  const auto other = tone(2.0, other_amplitude, 1, [](double) { return 1500.0; });
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += other[i];
  return sound;
}

SpareSettings settings_with(float good_db, int steps) {
  return {.good_db = good_db,
          .near_db = 5.0F,
          .least_share = 0.2F,
          .noise_part = 0.12F,
          .steps = steps,
          .as_written = [](const VectorEvent& event) { return event; }};
}

}  // namespace

TEST_CASE(
    "of two events that share a tone one is left, with all of its power; events of different tones stay") {
  const auto& network = trained_model()->timbre;
  const Stretch stretch(two_tones());
  const auto left_of = [&](const std::vector<VectorEvent>& events) {
    float distance_db = 5.0F;
    return without_spare(events, distance_db, network, stretch.target, stretch.nothing,
                         settings_with(0.0F, 30));
  };
  std::vector<VectorEvent> events{tone_event(440.0), tone_event(1500.0)};
  CHECK(left_of(events).size() == 2);
  const float whole_db = events[0].gain_db;
  events[0].gain_db -= 3.0F;
  events.push_back(events[0]);
  const auto left = left_of(events);
  REQUIRE(left.size() == 2);
  for (const VectorEvent& event : left) {
    const float hz = std::exp2(network.sound_of(event.vector, event.gain_db).pitch_octaves);
    CHECK((std::abs(hz - 440.0F) < 3.0F || std::abs(hz - 1500.0F) < 9.0F));
    if (hz < 1000.0F) CHECK(std::abs(event.gain_db - whole_db) < 1.5F);
  }
}

TEST_CASE("a softer tone stays, however near all is without it; a double goes") {
  const auto& network = trained_model()->timbre;
  const Stretch stretch(two_tones(0.001));
  std::vector<VectorEvent> events{tone_event(440.0), tone_event(1500.0)};
  events[1].gain_db -= 40.0F;
  events.push_back(events[0]);
  events[0].gain_db -= 3.0F;
  events[2].gain_db -= 3.0F;
  float distance_db = 5.0F;
  const auto left =
      without_spare(events, distance_db, network, stretch.target, stretch.nothing, settings_with(12.0F, 30));
  REQUIRE(left.size() == 2);
  std::vector<float> hz;
  for (const VectorEvent& event : left)
    hz.push_back(std::exp2(network.sound_of(event.vector, event.gain_db).pitch_octaves));
  std::sort(hz.begin(), hz.end());
  CHECK(std::abs(hz[0] - 440.0F) < 3.0F);
  CHECK(std::abs(hz[1] - 1500.0F) < 15.0F);
}

TEST_CASE("two events of which one goes on where the other ends are one") {
  const auto& network = trained_model()->timbre;
  const Stretch stretch(tone(2.0, 0.1, 1, [](double) { return 440.0; }));
  const auto number = [](synthesis::NumberPlace place, float value) {
    return synthesis::kNumbers[place].number_of(value);
  };
  std::vector<VectorEvent> events{tone_event(440.0), tone_event(440.0)};
  for (VectorEvent& event : events) event.vector[synthesis::kHold] = number(synthesis::kHold, 1.0F);
  events[1].onset_s += 1.0F;
  float distance_db = 4.0F;
  const auto left =
      without_spare(events, distance_db, network, stretch.target, stretch.nothing, settings_with(0.0F, 60));
  REQUIRE(left.size() == 1);
  CHECK(left[0].onset_s < 0.05F);
  CHECK(synthesis::kNumbers[synthesis::kHold].value_of(left[0].vector[synthesis::kHold]) > 1.8F);
}
