#include "lib/analysis/shares.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/explain.hpp"
#include "lib/analysis/vector_fit.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

namespace {

/// A tone, and another from 0.7 s on.
Stretch two_tones() {
  auto sound = tone(2.0, 0.1, 6, [](double) { return 220.0; });
  const auto second = tone(1.0, 0.05, 6, [](double) { return 660.0; });
  for (std::size_t i = 0; i < second.size(); ++i) sound[30870 + i] += second[i];
  return Stretch(sound);
}

std::vector<ictus::synthesis::EventSound> its_events(const Stretch& stretch) {
  return explain_freely(stretch, std::vector<Look>{{2, 40}}, false);
}

}  // namespace

TEST_CASE("shares sum to what events explain, frame by frame") {
  const Stretch stretch = two_tones();
  const auto events = its_events(stretch);
  REQUIRE(events.size() == 2);
  const Target half(stretch.target.sound().thinned(0), {}, stretch.target.peak(), 2);
  const PowerMaps all = explained_by(events, stretch.nothing, stretch.target.peak()).thinned(0);
  const std::vector<Share> shares = shares_of(events, half);
  PowerMaps sum = stretch.nothing.thinned(0);
  for (const Share& share : shares) add(share, 1.0F, sum);
  const float least = 3e-7F * stretch.target.peak();
  for (std::size_t i = 0; i < sum.fine.values.size(); ++i)
    CHECK(std::abs(sum.fine.values[i] - all.fine.values[i]) <= 0.02F * all.fine.values[i] + least);
  // The second begins later, and is a part of the map.
  CHECK(shares[1].begin + shares[1].power.fine.frames <= sum.fine.frames);
  CHECK(shares[0].begin != shares[1].begin);
  // An inner product is the sum over the part's cells.
  double direct = 0.0;
  for (const auto map : {&PowerMaps::fine, &PowerMaps::coarse}) {
    const auto& part = shares[1].power.*map;
    const int begin = shares[1].begin * (map == &PowerMaps::coarse ? kCoarsePerFine : 1);
    for (int b = 0; b < part.bands; ++b)
      for (int t = 0; t < part.frames; ++t)
        direct += static_cast<double>(part.row(b)[t]) * static_cast<double>((all.*map).row(b)[begin + t]);
  }
  CHECK(static_cast<double>(inner(shares[1], all)) == doctest::Approx(direct).epsilon(1e-4));
}

TEST_CASE("gains are fitted back to where they were") {
  const Stretch stretch = two_tones();
  const auto model = trained_model();
  std::vector<VectorEvent> events;
  for (const auto& sound : its_events(stretch)) events.push_back(nearest_vector(sound, model->timbre));
  fit_vectors(events, model->timbre, stretch.target, stretch.nothing, {60});
  const float near_db = fit_gains(events, model->timbre, stretch.target, stretch.nothing, 20);
  std::vector<VectorEvent> off = events;
  off[0].gain_db += 5.0F;
  off[1].gain_db -= 5.0F;
  const float again_db = fit_gains(off, model->timbre, stretch.target, stretch.nothing, 20);
  CHECK(std::abs(again_db - near_db) < 0.1F);
  for (const std::size_t e : {0U, 1U}) CHECK(std::abs(off[e].gain_db - events[e].gain_db) < 0.5F);
  CHECK(off[0].vector == events[0].vector);
}
