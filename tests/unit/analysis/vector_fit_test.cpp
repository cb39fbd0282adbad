#include "lib/analysis/vector_fit.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "lib/analysis/fit.hpp"
#include "lib/core/dice.hpp"
#include "signals.hpp"

using namespace ictus::analysis;
using ictus::synthesis::EventSound;
using ictus::synthesis::EventVector;
using ictus::synthesis::kNamedNumbers;
using ictus::synthesis::TimbreNetwork;

namespace {

TimbreNetwork random_network(double size) {
  TimbreNetwork network;
  ictus::Dice dice(11);
  for (float& weight : network.weights()) weight = static_cast<float>(size * dice.normal());
  return network;
}

}  // namespace

TEST_CASE("what named numbers say of a sound comes back") {
  const Stretch stretch(tone(1.0, 0.2, 5, [](double) { return 294.0; }));
  EventSound sound = single_event(stretch, 20);
  sound.vibrato_semitones = 0.4F;
  sound.glide_semitones = -1.5F;
  sound.position = 0.3F;
  const VectorEvent event = nearest_vector(sound, random_network(0.05));
  const EventSound back = sounds_of({event}, random_network(0.05)).front();
  CHECK(back.onset_s == sound.onset_s);
  CHECK(back.gain_db == doctest::Approx(sound.gain_db));
  CHECK(back.pitch_octaves == doctest::Approx(sound.pitch_octaves).epsilon(1e-5));
  CHECK(back.balance_db == doctest::Approx(sound.balance_db).epsilon(1e-3));
  CHECK(back.glide_semitones == doctest::Approx(-1.5).epsilon(1e-4));
  CHECK(back.vibrato_semitones == doctest::Approx(0.4).epsilon(1e-4));
  CHECK(back.hold_log_s == doctest::Approx(sound.hold_log_s).epsilon(1e-4));
  CHECK(back.position == doctest::Approx(0.3).epsilon(1e-4));
}

TEST_CASE("the timbre nearest to a sound of the network is the one that made it") {
  TimbreNetwork network = random_network(0.1);
  // Only the linear part, so that there is one answer.
  std::fill(network.weights().begin() + static_cast<std::ptrdiff_t>(17 * ictus::synthesis::kTimbreOutputs),
            network.weights().end(), 0.0F);
  ictus::Dice dice(12);
  EventVector vector{};
  for (std::size_t z = kNamedNumbers; z < vector.size(); ++z)
    vector[z] = static_cast<float>(dice.uniform() - 0.5);
  const VectorEvent found = nearest_vector(network.sound_of(vector, -12.0F), network);
  for (std::size_t z = kNamedNumbers; z < vector.size(); ++z)
    CHECK(std::abs(found.vector[z] - vector[z]) < 0.25F);
}

TEST_CASE("A fit of a quarter of the pace goes a quarter as far in its first step") {
  const Stretch stretch(tone(1.0, 0.2, 5, [](double) { return 294.0; }));
  const TimbreNetwork network = random_network(0.08);
  const VectorEvent begun = nearest_vector(single_event(stretch, 20), network);
  const auto moved_db = [&](float pace) {
    std::vector<VectorEvent> events{begun};
    fit_vectors(events, network, stretch.target, stretch.nothing, {.count = 1, .pace = pace});
    return events.front().gain_db - begun.gain_db;
  };
  CHECK(std::abs(moved_db(1.0F)) > 0.5F);
  CHECK(moved_db(0.25F) == doctest::Approx(0.25 * moved_db(1.0F)).epsilon(1e-3));
}

TEST_CASE("steps on numbers come closer, and numbers stay between -1 and 1") {
  const Stretch stretch(tone(1.0, 0.2, 5, [](double) { return 294.0; }));
  const TimbreNetwork network = random_network(0.08);
  std::vector<VectorEvent> events{nearest_vector(single_event(stretch, 20), network)};
  const float before = distance_of(sounds_of(events, network), stretch.target, stretch.nothing);
  const float after = fit_vectors(events, network, stretch.target, stretch.nothing, {60});
  CHECK(after < 0.8F * before);
  for (const float number : events.front().vector) CHECK(std::abs(number) <= 1.0F);
}
