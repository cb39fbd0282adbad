#include "lib/analysis/worth.hpp"

#include <doctest/doctest.h>

#include <array>

#include "lib/analysis/explain.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

TEST_CASE(
    "of events that explain two tones, those of the tones are worth most, and one that is silent nothing") {
  auto sound = tone(1.5, 0.1, 8, [](double) { return 220.0; });
  const auto second = tone(0.9, 0.1, 8, [](double) { return 523.25; });
  for (std::size_t i = 0; i < second.size(); ++i) sound[26460 + i] += second[i];
  const Stretch stretch(sound);
  const std::array looks{Look{2, 40}};
  auto events = explain_freely(stretch, looks, false);
  REQUIRE(events.size() == 2);
  events.push_back(events[0]);
  events.back().gain_db = -150.0F;
  const auto worth = worths(events, stretch.target, stretch.nothing);
  CHECK(worth[0] > 1.0F);
  CHECK(worth[1] > 1.0F);
  CHECK(worth[2] == doctest::Approx(0.0).epsilon(1e-3));
  CHECK(worthy(events, stretch.target, stretch.nothing, 0.1F, 10) == std::vector<std::size_t>{0, 1});
  CHECK(worthy(events, stretch.target, stretch.nothing, 0.0F, 1).size() == 1);
  CHECK(worthy({}, stretch.target, stretch.nothing, 0.1F, 10).empty());
}
