#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

#include "stream_helpers.hpp"

using namespace ictus;
using namespace ictus::formats;
using namespace ictus::formats::testing;

namespace {

Event event_of(float gain_db, float number) {
  Event event{123, gain_db, {}};
  event.vector.fill(number);
  return event;
}

}  // namespace

TEST_CASE("quantise: stays within half a step and is idempotent") {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<float> gain_db(-100.0F, 27.5F);
  std::uniform_real_distribution<float> number(-1.0F, 1.0F);
  for (int i = 0; i < 100'000; ++i) {
    const Event event = event_of(gain_db(random), number(random));
    const Event once = quantise(event, kQuantised, 0, 1000);
    REQUIRE(once.onset_samples == event.onset_samples);
    REQUIRE(std::abs(once.gain_db - event.gain_db) <= 0.25F + 1e-5F);
    REQUIRE(std::abs(once.vector[7] - event.vector[7]) <= 0.5F / 127.0F + 1e-7F);
    REQUIRE(same(quantise(once, kQuantised, 0, 1000), once));
  }
}

TEST_CASE("quantise: every code is its own value") {
  for (int q = 0; q <= 255; ++q) {
    const float gain_db = -100.0F + 0.5F * static_cast<float>(q);
    CHECK(quantise(event_of(gain_db, 0.0F), kQuantised, 0, 1000).gain_db == gain_db);
  }
  for (int q = -127; q <= 127; ++q) {
    const float number = static_cast<float>(q) / 127.0F;
    CHECK(quantise(event_of(0.0F, number), kQuantised, 0, 1000).vector[0] == number);
  }
}

TEST_CASE("quantise: saturates, and refuses what is not a number") {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(quantise(event_of(-infinity, -infinity), kQuantised, 0, 1000).gain_db == -100.0F);
  CHECK(quantise(event_of(-infinity, -infinity), kQuantised, 0, 1000).vector[31] == -1.0F);
  CHECK(quantise(event_of(1e30F, 1.5F), kQuantised, 0, 1000).gain_db == 27.5F);
  CHECK(quantise(event_of(1e30F, 1.5F), kQuantised, 0, 1000).vector[31] == 1.0F);
  CHECK_THROWS_AS((void)quantise(event_of(nan, 0.0F), kQuantised, 0, 1000), Error);
  CHECK_THROWS_AS((void)quantise(event_of(0.0F, nan), kQuantised, 0, 1000), Error);
}

TEST_CASE("quantise: float32 is the identity") {
  const Event event = event_of(-133.7F, -0.12345678F);
  CHECK(same(quantise(event, kFloat32, 0, 1000), event));
}
