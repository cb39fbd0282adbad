#include "lib/events/solo.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "tests/unit/events/support.hpp"

using namespace ictus;

namespace {

double level_db(const std::vector<float>& samples, std::size_t at, std::size_t count) {
  double sum = 0.0;
  for (std::size_t i = at; i < at + count; ++i)
    sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  return 10.0 * std::log10(sum / static_cast<double>(count) + 1e-20);
}

}  // namespace

TEST_CASE("an event by itself begins with its onset and ends where it is no longer heard") {
  const auto model = tests::one_sound_model(440.0, 0.5);  // 60 dB in 0.5 s
  const Event event{.onset_samples = 70000, .gain_db = -20.0F, .vector = {}};
  const std::vector<float> samples = events::render_solo(*model, event, 60.0, 10.0);
  CHECK(static_cast<double>(samples.size()) / 22050.0 == doctest::Approx(0.55).epsilon(0.15));
  CHECK(level_db(samples, 2048, 2048) ==
        doctest::Approx(-20.0 - 60.0 * (3072.0 / 22050.0) / 0.5).epsilon(0.08));
  CHECK(level_db(samples, 0, 2048) > level_db(samples, 4096, 2048));
  CHECK(samples.back() == 0.0F);
  CHECK(events::render_solo(*model, event, 30.0, 10.0).size() < samples.size());
}

TEST_CASE("where an event lies in its stream does not change its sound") {
  const auto model = tests::one_sound_model(330.0, 0.3);
  Event event{.onset_samples = 0, .gain_db = -12.0F, .vector = {}};
  const std::vector<float> samples = events::render_solo(*model, event, 40.0, 5.0);
  event.onset_samples = 123457;
  CHECK(events::render_solo(*model, event, 40.0, 5.0) == samples);
}

TEST_CASE("a sound that does not end is cut") {
  const auto model = tests::one_sound_model(440.0, 60.0);
  const Event event{.onset_samples = 0, .gain_db = -20.0F, .vector = {}};
  CHECK(events::render_solo(*model, event, 60.0, 1.5).size() == static_cast<std::size_t>(1.5 * 22050));
}
