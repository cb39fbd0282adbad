#include "lib/analysis/spare.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "lib/analysis/fit.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

namespace {

VectorEvent tone_event(double hz) {
  const auto& network = trained_model()->timbre;
  const Stretch alone(tone(2.0, 0.1, 1, [hz](double) { return hz; }));
  std::vector<VectorEvent> events{nearest_vector(single_event(alone, 30), network)};
  fit_vectors(events, network, alone.target, alone.nothing, {60}, 1);
  return events[0];
}

std::vector<float> two_tones() {
  auto sound = tone(2.0, 0.1, 1, [](double) { return 440.0; });
  const auto other = tone(2.0, 0.1, 1, [](double) { return 1500.0; });
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] += other[i];
  return sound;
}

}  // namespace

TEST_CASE(
    "of two events that share a tone one is left, with all of its power; events of different tones stay") {
  const auto& network = trained_model()->timbre;
  const Stretch stretch(two_tones());
  const auto left_of = [&](const std::vector<VectorEvent>& events) {
    float distance_db = 5.0F;
    return without_spare(events, distance_db, network, stretch.target, stretch.nothing,
                         {5.0F, 0.2F, 0.0F, 30});
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
