#include "lib/analysis/positions.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_power.hpp"
#include "signals.hpp"

using namespace ictus;
using synthesis::EventSound;
using synthesis::PowerMap;

namespace {

EventSound tone_event(double onset_s, double hz) {
  return synthesis::sound_with([&](EventSound& sound) {
    sound.onset_s = static_cast<float>(onset_s);
    sound.gain_db = -12.0F;
    sound.pitch_octaves = static_cast<float>(std::log2(hz));
    sound.balance_db = 40.0F;
    sound.hold_log_s = std::log(0.5F);
    sound.damping_log_rate = std::log(100.0F);
  });
}

void add(PowerMap& map, const EventSound& event, float share) {
  PowerMap own(map.bands, map.frames);
  synthesis::EventPower(event, analysis::views().fine, map.frames, 1e-9F).add_to(own);
  for (std::size_t i = 0; i < map.values.size(); ++i) map.values[i] += share * own.values[i];
}

}  // namespace

TEST_CASE(
    "events are where their power is, mirrored when the channels are, and in the middle when they agree") {
  const int frames = 48;
  const PowerMap nothing(analysis::views().fine.bands(), frames);
  // In neither channel is anything of the last.
  const std::vector<EventSound> events{tone_event(0.1, 220.0), tone_event(0.2, 1500.0),
                                       tone_event(0.1, 620.0), tone_event(0.3, 7000.0)};
  const std::vector<float> shares{1.0F, 0.25F, 0.5F};
  PowerMap left = nothing, right = nothing, both = nothing, middle = nothing;
  for (std::size_t e = 0; e < shares.size(); ++e) {
    add(left, events[e], shares[e]);
    add(right, events[e], 1.0F - shares[e]);
    add(both, events[e], 1.0F);
    add(middle, events[e], 0.5F);
  }
  const auto found = analysis::positions_of(events, left, both, nothing, nothing);
  const auto mirrored = analysis::positions_of(events, right, both, nothing, nothing);
  for (std::size_t e = 0; e < shares.size(); ++e) {
    CHECK(std::abs(found[e] - (1.0F - 2.0F * shares[e])) < 0.02F);
    CHECK(std::abs(mirrored[e] + found[e]) < 1e-3F);
  }
  CHECK(std::abs(found[3]) < 0.2F);  // the noise of the others is all that it meets
  for (const float each : analysis::positions_of(events, middle, both, nothing, nothing)) CHECK(each == 0.0F);
}
