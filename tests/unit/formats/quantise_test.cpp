#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <random>

#include "stream_helpers.hpp"

using namespace ictus;
using namespace ictus::formats;
using namespace ictus::formats::testing;

namespace {

constexpr EventCoding kFine = {.vector_steps = equal_steps(255), .gain_step_centibels = 5};

Event event_of(float gain_db, float number) {
  Event event{123, gain_db, {}};
  event.vector.fill(number);
  return event;
}

}  // namespace

TEST_CASE("quantise: every code is its own value, and values lie on both sides of 0 alike") {
  for (int steps = 2; steps <= kMostVectorSteps; steps += steps < 300 ? 1 : 97) {
    CHECK(vector_value(0, steps) == -1.0F);
    CHECK(vector_value(steps - 1, steps) == 1.0F);
    for (int q = 0; q < steps; ++q) {
      const float value = vector_value(q, steps);
      REQUIRE(vector_code(value, steps) == q);
      REQUIRE(vector_value(steps - 1 - q, steps) == -value);
    }
  }
  for (int q = 0; q < 33; ++q) CHECK(vector_value(q, 33) == static_cast<float>(q - 16) / 16.0F);
  CHECK(!std::signbit(vector_value(16, 33)));
  for (const float value : {-1.0F, -0.3F, 0.0F, 1.0F}) CHECK(vector_value(vector_code(value, 1), 1) == 0.0F);
  for (int q = 0; q <= 1275; ++q) {
    const EventCoding coding{.gain_step_centibels = 1};
    CHECK(gain_code(gain_value(q, coding), coding) == q);
  }
}

TEST_CASE("quantise: saturates, and refuses what is not a number") {
  const float infinity = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(quantise(event_of(-infinity, -infinity), kFine, 0, 1000).gain_db == -100.0F);
  CHECK(quantise(event_of(-infinity, -infinity), kFine, 0, 1000).vector[31] == -1.0F);
  CHECK(quantise(event_of(1e30F, 1.5F), kFine, 0, 1000).gain_db == 27.5F);
  CHECK(quantise(event_of(1e30F, 1.5F), kFine, 0, 1000).vector[31] == 1.0F);
  CHECK_THROWS_AS((void)quantise(event_of(nan, 0.0F), kFine, 0, 1000), Error);
  CHECK_THROWS_AS((void)quantise(event_of(0.0F, nan), kFine, 0, 1000), Error);
}

TEST_CASE("quantise: coded, stays within half a step and is idempotent") {
  std::mt19937_64 random(2);
  std::uniform_real_distribution<float> gain_db(-100.0F, 27.0F);
  std::uniform_real_distribution<float> number(-1.0F, 1.0F);
  const auto between = [&](int least, int most) {
    return std::uniform_int_distribution<int>(least, most)(random);
  };
  for (int i = 0; i < 100'000; ++i) {
    const EventCoding coding = {.vector_steps = equal_steps(static_cast<std::uint16_t>(between(2, 4096))),
                                .gain_step_centibels = between(1, 100),
                                .onset_step_samples = between(1, 65535)};
    const std::int64_t start_samples = between(0, 1'000'000);
    const std::int64_t end_samples = start_samples + between(1, 200'000);
    Event event = event_of(gain_db(random), number(random));
    event.onset_samples = start_samples + between(0, static_cast<int>(end_samples - start_samples - 1));
    const Event once = quantise(event, coding, start_samples, end_samples);
    REQUIRE(same(quantise(once, coding, start_samples, end_samples), once));

    const float step = 2.0F / static_cast<float>(coding.vector_steps[7] - 1);
    REQUIRE(std::abs(once.vector[7] - event.vector[7]) <= 0.5F * step + 1e-6F);
    const float gain_step_db = 0.1F * static_cast<float>(coding.gain_step_centibels);
    // The highest step may lie up to one below 27.5 dB.
    const bool is_highest = once.gain_db + gain_step_db > 27.5F;
    REQUIRE(std::abs(once.gain_db - event.gain_db) <= (is_highest ? 1.0F : 0.5F) * gain_step_db + 1e-4F);

    REQUIRE(once.onset_samples >= start_samples);
    REQUIRE(once.onset_samples < end_samples);
    REQUIRE((once.onset_samples - start_samples) % coding.onset_step_samples == 0);
    const bool is_last = once.onset_samples + coding.onset_step_samples >= end_samples;
    const std::int64_t away_samples = std::abs(once.onset_samples - event.onset_samples);
    REQUIRE((is_last ? away_samples : 2 * away_samples) <= coding.onset_step_samples);
  }
}

TEST_CASE("quantise: coded in its usual steps") {
  const auto onset = [](std::int64_t onset_samples, std::int64_t start_samples, std::int64_t end_samples) {
    return quantise({onset_samples, 0.0F, {}}, kCoded, start_samples, end_samples).onset_samples;
  };
  CHECK(onset(0, 0, 65536) == 0);
  CHECK(onset(31, 0, 65536) == 0);
  CHECK(onset(32, 0, 65536) == 64);
  CHECK(onset(65535, 0, 65536) == 65472);
  CHECK(onset(65536, 65536, 65537) == 65536);
  CHECK(onset(165, 101, 166) == 165);
  CHECK(onset(164, 101, 165) == 101);

  CHECK(quantise(event_of(-20.4F, 0.03F), kCoded, 0, 65536).gain_db == -20.0F);
  CHECK(quantise(event_of(-20.6F, 0.03F), kCoded, 0, 65536).gain_db == -21.0F);
  CHECK(quantise(event_of(99.0F, 0.03F), kCoded, 0, 65536).gain_db == 27.0F);
  CHECK(quantise(event_of(0.0F, 0.03F), kCoded, 0, 65536).vector[3] == 0.0F);
  CHECK(quantise(event_of(0.0F, -0.04F), kCoded, 0, 65536).vector[3] == -0.0625F);
  CHECK(quantise(event_of(0.0F, -7.0F), kCoded, 0, 65536).vector[3] == -1.0F);
  // Each number by its own steps.
  EventCoding each = kCoded;
  each.vector_steps[0] = 2;
  each.vector_steps[1] = 3;
  each.vector_steps[2] = 1;
  const Event event = quantise(event_of(0.0F, 0.3F), each, 0, 65536);
  CHECK(event.vector[0] == 1.0F);
  CHECK(event.vector[1] == 0.0F);
  CHECK(event.vector[2] == 0.0F);
  CHECK(event.vector[3] == 0.3125F);
  CHECK(quantise(event_of(1.0F, 0.3F), {.vector_steps = equal_steps(7), .gain_step_centibels = 15}, 0, 65536)
            .vector[3] == 1.0F / 3.0F);
}

TEST_CASE("quantise: float32 is the identity") {
  const Event event = event_of(-133.7F, -0.12345678F);
  CHECK(same(quantise(event, kFloat32, 0, 1000), event));
}
