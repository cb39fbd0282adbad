#include "lib/analysis/gains.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "signals.hpp"

using namespace ictus::analysis;

TEST_CASE("gains come back to those of the sound, but not where most of it is something else") {
  const Stretch stretch(tone(2.0, 0.1, 5, [](double) { return 440.0; }));
  std::vector<ictus::synthesis::EventSound> events{single_event(stretch, 60)};
  balance_gains(events, stretch.target, stretch.nothing.fine);
  const float right_db = events[0].gain_db;
  for (const float off_db : {-2.5F, 2.5F}) {
    events[0].gain_db = right_db + off_db;
    balance_gains(events, stretch.target, stretch.nothing.fine);
    CHECK(std::abs(events[0].gain_db - right_db) < 0.1F);
  }
  events[0].gain_db = right_db - 10.0F;
  balance_gains(events, stretch.target, stretch.nothing.fine);
  CHECK(events[0].gain_db == right_db - 10.0F);
}
