// Events in words: held to what their numbers say and to what is heard of them.
#include "lib/synthesis/describe.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "lib/core/dice.hpp"
#include "lib/synthesis/solo.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

EventDescription described(const EventModel& model, const Event& event) {
  return describe(model, std::vector{event}).at(0);
}

double seconds_of(const std::vector<float>& samples) { return static_cast<double>(samples.size()) / kRate; }

/// Power through a window of Hann's of 93 ms; before the samples there is silence.
double power_seen(const std::vector<float>& samples, double centre_s) {
  constexpr int kWindow = 4096;
  const auto begin = std::lround(centre_s * kRate) - kWindow / 2;
  double sum = 0.0;
  double weight = 0.0;
  for (int i = 0; i < kWindow; ++i) {
    const double window = std::pow(std::sin(std::numbers::pi * i / kWindow), 4.0);
    weight += window;
    const long at = begin + i;
    if (at < 0 || at >= std::ssize(samples)) continue;
    sum += window * std::pow(static_cast<double>(samples[static_cast<std::size_t>(at)]), 2.0);
  }
  return 2.0 * sum / weight;
}

double cents(double hz, double of) { return 1200.0 * std::log2(hz / of); }

}  // namespace

TEST_CASE("a sine has the loudness of its gain, the pitch and the centroid of its frequency") {
  for (const float hz : {60.0F, 440.0F, 3000.0F, 9000.0F}) {
    for (const float gain_db : {0.0F, -29.0F, -150.0F}) {
      CAPTURE(hz);
      CAPTURE(gain_db);
      const auto d = described(*one_partial_model(), plain_event(hz, gain_db));
      CHECK(std::abs(d.loudness_db - static_cast<double>(gain_db)) < 0.02);
      CHECK(std::abs(cents(d.pitch_hz, static_cast<double>(hz))) < 0.1);
      CHECK(std::abs(cents(d.brightness_hz, static_cast<double>(hz))) < 2.0);
      CHECK(std::abs(d.duration_s - 0.5) < 0.03);
    }
  }
}

TEST_CASE("what is held long and dies away by itself has the decay of its number") {
  for (const double decay_s : {0.3, 1.2, 6.0}) {
    CAPTURE(decay_s);
    Event event = plain_event(440.0F, -12.0F);
    set(event, kHold, 12.0F);
    set(event, kDecay, static_cast<float>(decay_s));
    const auto d = described(*one_partial_model(), event);
    CHECK(d.decay_s == doctest::Approx(decay_s).epsilon(0.05));
    CHECK(d.duration_s == doctest::Approx(decay_s * 40.0 / 60.0).epsilon(0.1));
  }
  Event event = plain_event(440.0F, -12.0F);
  set(event, kHold, 12.0F);
  const auto held = described(*one_partial_model(), event);
  CHECK(std::abs(held.duration_s - 12.0) < 0.03);
}

TEST_CASE("pitch is there as long as partials outweigh noise") {
  Event event = plain_event(220.0F, -12.0F);
  set(event, kBalance, 2.0F);
  CHECK(described(*plain_model(), event).pitch_hz == doctest::Approx(220.0).epsilon(1e-4));
  CHECK(described(*plain_model(), event).first_hz == doctest::Approx(220.0).epsilon(1e-4));
  set(event, kBalance, -2.0F);
  CHECK(described(*plain_model(), event).pitch_hz == 0.0);
  CHECK(described(*plain_model(), event).first_hz == 0.0);
}

TEST_CASE("partials that are not heard do not make the pitch") {
  for (const std::size_t partial : {1U, 2U, 3U, 8U}) {
    CAPTURE(partial);
    const auto d = described(*one_partial_model(partial), plain_event(110.0F, -12.0F));
    CHECK(std::abs(cents(d.pitch_hz, 110.0 * static_cast<double>(partial))) < 1.0);
    CHECK(std::abs(cents(d.first_hz, 110.0)) < 1.0);
  }
}

TEST_CASE("the centroid of flat noise is its middle, that of partials their mean") {
  Event event = plain_event(440.0F, -12.0F);
  set(event, kBalance, -40.0F);
  // Flat from 0 to 20 kHz.
  CHECK(described(*plain_model(), event).brightness_hz == doctest::Approx(10000.0).epsilon(0.01));
  // Partials up to 19 kHz alike, as many as there are: the mean of 2 kHz, 4 kHz ... 18 kHz.
  event = plain_event(2000.0F, -12.0F);
  CHECK(described(*plain_model(), event).brightness_hz == doctest::Approx(10000.0).epsilon(0.01));
}

TEST_CASE("what is said of an event is what is heard of it by itself") {
  const auto model = random_model();
  Dice dice(5);
  std::vector<Event> events(24);
  for (Event& event : events) {
    event = plain_event(static_cast<float>(80.0 * std::exp2(5.0 * dice.uniform())), -15.0F);
    set(event, kHold, static_cast<float>(0.2 + dice.uniform()));
    set(event, kDecay, static_cast<float>(0.5 + 4.0 * dice.uniform()));
    for (std::size_t place = kNamedNumbers; place < kEventVectorSize; ++place)
      event.vector[place] = static_cast<float>(2.0 * dice.uniform() - 1.0);
  }
  const auto all = describe(*model, events);
  REQUIRE(all.size() == events.size());
  CHECK(describe(*model, {}).empty());
  for (std::size_t k = 0; k < events.size(); ++k) {
    CAPTURE(k);
    const auto alone = described(*model, events[k]);
    CHECK(alone.loudness_db == all[k].loudness_db);
    CHECK(alone.duration_s == all[k].duration_s);
    const auto samples = render_solo(*model, events[k], 1, 60.0, 20.0);
    std::vector<double> db;
    for (double at_s = 0.0; at_s < seconds_of(samples); at_s += 0.0232)
      db.push_back(decibels(power_seen(samples, at_s) + 1e-20));
    REQUIRE(!db.empty());
    const auto top = std::max_element(db.begin(), db.end());
    CHECK(std::abs(all[k].loudness_db - *top) < 0.5);
    std::size_t last = db.size() - 1;
    while (db[last] < *top - 40.0) --last;
    const double heard_s = 0.0232 * static_cast<double>(last);
    CHECK(std::abs(all[k].duration_s - heard_s) < 0.06);
  }
}

}  // namespace ictus::synthesis
