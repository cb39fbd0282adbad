// One event by itself.
#include "lib/synthesis/solo.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

double seconds_of(const std::vector<float>& samples) { return static_cast<double>(samples.size()) / kRate; }

}  // namespace

TEST_CASE("a note by itself ends when it has died away, and is as loud and as high as its numbers say") {
  for (const float hz : {110.0F, 440.0F, 5000.0F}) {
    CAPTURE(hz);
    const auto samples = render_solo(*one_partial_model(), plain_event(hz, -12.0F), 1, 60.0, 5.0);
    CHECK(std::abs(seconds_of(samples) - 0.5) < 0.06);
    CHECK(std::abs(decibels(power_of(samples, 0.1, 0.4)) + 12.0) < 0.1);
    CHECK(std::abs(1200.0 * std::log2(crossing_hz(samples, 0.1, 0.4) / static_cast<double>(hz))) < 2.0);
  }
}

TEST_CASE("what dies away slowly is followed for as many decibels as asked for") {
  Event event = plain_event(440.0F, -12.0F);
  set(event, kHold, 12.0F);
  set(event, kDecay, 2.0F);  // 30 dB a second
  for (const double audible_db : {30.0, 45.0, 60.0}) {
    CAPTURE(audible_db);
    const auto samples = render_solo(*one_partial_model(), event, 1, audible_db, 20.0);
    CHECK(std::abs(seconds_of(samples) - audible_db / 30.0) < 0.06);
    const double end_s = seconds_of(samples) - 0.02;
    CHECK(std::abs(decibels(power_of(samples, end_s - 0.05, end_s)) - (-12.0 - 30.0 * (end_s - 0.025))) <
          0.5);
  }
}

TEST_CASE("it is no longer than asked for, and is faded out") {
  Event event = plain_event(440.0F, 0.0F);
  set(event, kHold, 12.0F);
  for (const int channels : {1, 2}) {
    const auto samples = render_solo(*one_partial_model(), event, channels, 60.0, 0.7);
    const auto frames = static_cast<std::size_t>(std::lround(0.7 * kRate));
    REQUIRE(samples.size() == frames * static_cast<std::size_t>(channels));
    CHECK(samples.back() == 0.0F);
    const auto mono = channels == 2 ? channel(samples, 0) : samples;
    // Over a fade in a straight line the mean square is a third.
    CHECK(std::abs(decibels(power_of(mono, 0.68, 0.7) / power_of(mono, 0.2, 0.6)) - decibels(1.0 / 3.0)) <
          0.2);
    CHECK(std::abs(decibels(power_of(mono, 0.65, 0.68) / power_of(mono, 0.2, 0.6))) < 0.2);
  }
  CHECK(render_solo(*one_partial_model(), event, 1, 60.0, 0.0).size() == 1);
}

TEST_CASE("the place in the stream makes no difference to it, its position does") {
  Event event = plain_event(300.0F, -12.0F);
  set(event, kBalance, 0.0F);
  const auto model = random_model();
  const auto samples = render_solo(*model, event, 2, 60.0, 3.0);
  event.onset_samples = 123457;
  CHECK(render_solo(*model, event, 2, 60.0, 3.0) == samples);
  set(event, kPosition, -1.0F);
  const auto left = render_solo(*model, event, 2, 60.0, 3.0);
  CHECK(power_of(channel(left, 1), 0.0, 0.2) < 1e-8 * power_of(channel(left, 0), 0.0, 0.2));
}

}  // namespace ictus::synthesis
