#include "lib/analysis/target.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "lib/core/dice.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

namespace {

PowerMaps scaled(const PowerMaps& maps, float factor) {
  PowerMaps result = maps;
  for (float& power : result.fine.values) power *= factor;
  for (float& power : result.coarse.values) power *= factor;
  return result;
}

}  // namespace

TEST_CASE("a sound is at no distance from itself, and each part of the distance counts decibels") {
  const Stretch noise(white_noise(1.0, 0.1, 2));
  PowerMaps slope = noise.nothing;
  CHECK(noise.target.distance(noise.target.sound(), slope) == doctest::Approx(0.0).epsilon(1e-3));

  // Twice the power is 3.01 dB everywhere in noise that is nowhere near the floor.
  Target::Weights weights{0.0F, 0.0F, 0.0F, 0.0F, 0.0F};
  const auto twice = scaled(noise.target.sound(), 2.0F);
  for (float Target::Weights::*part : {&Target::Weights::bands, &Target::Weights::mel,
                                       &Target::Weights::coarse, &Target::Weights::loudness}) {
    weights = {0.0F, 0.0F, 0.0F, 0.0F, 0.0F};
    weights.*part = 1.0F;
    CHECK(Target(noise.target.sound(), weights).distance(twice, slope) ==
          doctest::Approx(3.0103).epsilon(2e-3));
  }
  // Magnitudes that are sqrt(2) times as large are off by that less 1 of themselves.
  weights = {0.0F, 0.0F, 0.0F, 1.0F, 0.0F};
  CHECK(Target(noise.target.sound(), weights).distance(twice, slope) ==
        doctest::Approx(0.41421).epsilon(2e-3));
}

TEST_CASE("a distance is the sum of what stretches of frames have of it") {
  const Stretch noise(white_noise(1.0, 0.1, 5));
  const PowerMaps half = scaled(noise.target.sound(), 0.5F);
  PowerMaps slope = noise.nothing;
  const float whole = noise.target.distance(half, slope);
  Target::Sums sums;
  int begin = 0;
  for (const int cut : {6, 17, 29, noise.frames}) {
    const auto [first, last] = noise.target.whole_blocks(begin, cut);
    CHECK(first == begin);
    const Target::Sums part = noise.target.sums(half.between(first, last), first);
    sums.weighted_db += part.weighted_db;
    sums.off_square += part.off_square;
    begin = last;
  }
  CHECK(begin == noise.frames);
  CHECK(noise.target.distance(sums) == doctest::Approx(whole).epsilon(1e-3));
}

TEST_CASE("the slope is that of the distance") {
  const Stretch noise(white_noise(0.5, 0.1, 3));
  ictus::Dice dice(4);
  PowerMaps explained = noise.target.sound();
  for (float& power : explained.fine.values) power *= static_cast<float>(0.3 + dice.uniform());
  for (float& power : explained.coarse.values) power *= static_cast<float>(0.3 + dice.uniform());
  PowerMaps slope = noise.nothing;
  noise.target.distance(explained, slope);
  // Along a direction that multiplies every power by its own factor: what the slope says, and what happens.
  PowerMaps ahead = explained, behind = explained;
  double said = 0.0;
  constexpr float kStep = 2e-3F;
  const auto move = [&](auto part) {
    auto& up = (ahead.*part).values;
    auto& down = (behind.*part).values;
    for (std::size_t i = 0; i < up.size(); ++i) {
      const auto way = static_cast<float>(dice.uniform()) * up[i];
      said += static_cast<double>((slope.*part).values[i] * way) * 2.0 * static_cast<double>(kStep);
      up[i] += kStep * way;
      down[i] -= kStep * way;
    }
  };
  move(&PowerMaps::fine);
  move(&PowerMaps::coarse);
  PowerMaps unused = noise.nothing;
  const double happened = static_cast<double>(noise.target.distance(ahead, unused)) -
                          static_cast<double>(noise.target.distance(behind, unused));
  CHECK(happened == doctest::Approx(said).epsilon(0.02));
}

TEST_CASE("silence is a sound too") {
  const Stretch silence(std::vector<float>(44100));
  PowerMaps slope = silence.nothing;
  CHECK(std::isfinite(silence.target.distance(silence.nothing, slope)));
  CHECK(std::isfinite(Stretch(std::vector<float>(1)).target.peak()));
}
