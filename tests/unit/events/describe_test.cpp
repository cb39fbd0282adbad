#include "lib/events/describe.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/events/support.hpp"

using namespace ictus;

TEST_CASE("pitch, decay and loudness are heard as they are made") {
  for (const double hz : {110.0, 261.63, 440.0, 880.0}) {
    const auto model = tests::one_sound_model(hz, 1.2);
    const std::vector<Event> events{{.onset_samples = 0, .gain_db = -12.0F, .vector = {}}};
    const auto d = events::describe(*model, events).at(0);
    CHECK(std::abs(1200.0 * std::log2(d.pitch_hz / hz)) < 35.0);  // cents
    CHECK(d.decay_s == doctest::Approx(1.2).epsilon(0.05));
    CHECK(d.duration_s == doctest::Approx(0.8).epsilon(0.12));  // 40 of 60 dB
    CHECK(d.loudness_db == doctest::Approx(-12.0).epsilon(0.4));
    CHECK(d.brightness_hz > hz);
    CHECK(d.brightness_hz < 2000.0);
  }
}

TEST_CASE("a smooth spectrum has no pitch") {
  const auto model = tests::one_sound_model(440.0, 0.5);
  auto p = model->model->parameters();
  p["decoder.resonances"].zero_();
  const std::vector<Event> events{{.onset_samples = 0, .gain_db = -12.0F, .vector = {}}};
  CHECK(events::describe(*model, events).at(0).pitch_hz == 0.0);
}
