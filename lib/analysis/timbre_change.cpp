#include "lib/analysis/timbre_change.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/spectrum_knots.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventVector;
using synthesis::kNamedNumbers;
using synthesis::kTimbreNumbers;
using synthesis::kTimbreOutputs;
using synthesis::TimbreNetwork;

/// Solves a x = b for a symmetric positive matrix, in place (Cholesky).
template <std::size_t N>
std::array<double, N> solved(std::array<std::array<double, N>, N> a, std::array<double, N> b) {
  for (std::size_t j = 0; j < N; ++j) {
    for (std::size_t k = 0; k < j; ++k) a[j][j] -= a[j][k] * a[j][k];
    a[j][j] = std::sqrt(a[j][j]);
    for (std::size_t i = j + 1; i < N; ++i) {
      for (std::size_t k = 0; k < j; ++k) a[i][j] -= a[i][k] * a[j][k];
      a[i][j] /= a[j][j];
    }
  }
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t k = 0; k < i; ++k) b[i] -= a[i][k] * b[k];
    b[i] /= a[i][i];
  }
  for (std::size_t i = N; i-- > 0;) {
    for (std::size_t k = i + 1; k < N; ++k) b[i] -= a[k][i] * b[k];
    b[i] /= a[i][i];
  }
  return b;
}

/// Of a set of knots, about the middle of their power, so that it stays as loud.
template <std::size_t N, typename Octaves>
void tilt(std::array<float, N>& levels_db, float db_an_octave, const Octaves& octaves) {
  float power = 0.0F, mean = 0.0F;
  for (std::size_t knot = 0; knot < N; ++knot) {
    const float own = std::pow(10.0F, 0.1F * levels_db[knot]);
    power += own;
    mean += own * octaves(knot);
  }
  mean /= power;
  for (std::size_t knot = 0; knot < N; ++knot) levels_db[knot] += db_an_octave * (octaves(knot) - mean);
}

}  // namespace

TimbreOutputs said_of(const EventVector& vector, const TimbreNetwork& network) {
  return synthesis::timbre_of(network.sound_of(vector, 0.0F), vector);
}

void change_timbre(EventVector& vector, const TimbreOutputs& change, const TimbreOutputs& weights,
                   const TimbreNetwork& network, const HeldNumbers& held) {
  const TimbreOutputs before = said_of(vector, network);
  // How each number of the timbre changes it.
  std::array<TimbreOutputs, kTimbreNumbers> basis{};
  constexpr float kTrial = 0.25F;
  for (std::size_t z = 0; z < kTimbreNumbers; ++z) {
    if (held[z]) continue;
    EventVector moved = vector;
    moved[kNamedNumbers + z] += kTrial;
    const TimbreOutputs after = said_of(moved, network);
    for (std::size_t i = 0; i < kTimbreOutputs; ++i)
      basis[z][i] = weights[i] * (after[i] - before[i]) / kTrial;
  }
  std::array<std::array<double, kTimbreNumbers>, kTimbreNumbers> square{};
  std::array<double, kTimbreNumbers> product{};
  for (std::size_t z = 0; z < kTimbreNumbers; ++z) {
    for (std::size_t y = 0; y < kTimbreNumbers; ++y)
      for (std::size_t i = 0; i < kTimbreOutputs; ++i)
        square[z][y] += static_cast<double>(basis[z][i]) * static_cast<double>(basis[y][i]);
    square[z][z] += 0.1;
    for (std::size_t i = 0; i < kTimbreOutputs; ++i)
      product[z] += static_cast<double>(basis[z][i]) * static_cast<double>(weights[i] * change[i]);
  }
  const auto steps = solved(square, product);
  for (std::size_t z = 0; z < kTimbreNumbers; ++z) {
    float& number = vector[kNamedNumbers + z];
    number = std::clamp(number + static_cast<float>(steps[z]), -1.0F, 1.0F);
  }
}

namespace {

/// One step of change_timbre() within the ranges: where a number comes to the end of its range it stays, and
/// the others make up for it.
EventVector stepped_towards(EventVector vector, const TimbreOutputs& wanted, const TimbreOutputs& weights,
                            const TimbreNetwork& network) {
  HeldNumbers held{};
  while (true) {
    TimbreOutputs change = said_of(vector, network);
    for (std::size_t i = 0; i < kTimbreOutputs; ++i) change[i] = wanted[i] - change[i];
    EventVector next = vector;
    change_timbre(next, change, weights, network, held);
    bool has_ended = false;
    for (std::size_t z = 0; z < kTimbreNumbers; ++z) {
      if (held[z] || std::abs(next[kNamedNumbers + z]) < 1.0F) continue;
      vector[kNamedNumbers + z] = next[kNamedNumbers + z];
      held[z] = has_ended = true;
    }
    if (!has_ended) return next;
  }
}

/// What of a sound's levels counts, of all that the network says of it: what lies far below the loudest of
/// its kind does not, noise no more than it is heard beside the partials, and how levels change over time
/// little.
TimbreOutputs audibility(const synthesis::EventSound& sound, const EventVector& vector) {
  constexpr float kInaudibleDb = 40.0F;  // below the loudest
  constexpr float kLeast = 0.03F;
  constexpr float kOther = 0.1F;
  synthesis::EventSound louder = sound, weighed = sound;
  const auto weigh = [&](std::span<const float> levels_db, float most_db, std::span<float> by_one,
                         std::span<float> by_weight) {
    const float loudest_db = *std::max_element(levels_db.begin(), levels_db.end());
    for (std::size_t i = 0; i < levels_db.size(); ++i) {
      const float below_db = loudest_db - levels_db[i] - std::min(most_db, 0.0F);
      by_one[i] += 1.0F;
      by_weight[i] += std::clamp(1.0F - below_db / kInaudibleDb, kLeast, 1.0F);
    }
  };
  weigh(sound.partials_db, sound.balance_db, louder.partials_db, weighed.partials_db);
  weigh(sound.noise_db, -sound.balance_db, louder.noise_db, weighed.noise_db);
  for (float& level : louder.body_db) level += 1.0F;
  for (float& level : weighed.body_db) level += 1.0F;
  const TimbreOutputs plain = synthesis::timbre_of(sound, vector);
  const TimbreOutputs by_one = synthesis::timbre_of(louder, vector);
  TimbreOutputs weights = synthesis::timbre_of(weighed, vector);
  for (std::size_t i = 0; i < kTimbreOutputs; ++i)
    weights[i] = by_one[i] != plain[i] ? (weights[i] - plain[i]) / (by_one[i] - plain[i]) : kOther;
  return weights;
}

}  // namespace

void brighten(EventVector& vector, float db_an_octave, const TimbreNetwork& network) {
  synthesis::EventSound sound = network.sound_of(vector, 0.0F);
  tilt(sound.partials_db, db_an_octave,
       [](std::size_t knot) { return std::log2(synthesis::kPartialKnotNumbers[knot]); });
  tilt(sound.noise_db, db_an_octave, [](std::size_t knot) {
    const float mel = synthesis::mel_of(synthesis::kLowestKnotHz) +
                      static_cast<float>(knot) / synthesis::spectrum_knots_for_mel();
    return std::log2(synthesis::hz_of(mel));
  });
  const TimbreOutputs wanted = synthesis::timbre_of(sound, vector);
  const TimbreOutputs weights = audibility(sound, vector);
  const auto off_by = [&](const EventVector& some) {
    const TimbreOutputs said = said_of(some, network);
    double sum = 0.0;
    for (std::size_t i = 0; i < kTimbreOutputs; ++i)
      sum += std::pow(static_cast<double>(weights[i] * (wanted[i] - said[i])), 2.0);
    return sum;
  };
  // More steps, or shorter ones, make up for what the first missed where slopes bend.
  constexpr int kSteps = 24;
  constexpr float kShortest = 0.1F;
  float part = 1.0F;
  for (int step = 0; step < kSteps && part > kShortest; ++step) {
    EventVector next = stepped_towards(vector, wanted, weights, network);
    for (std::size_t i = 0; i < next.size(); ++i) next[i] = vector[i] + part * (next[i] - vector[i]);
    if (off_by(next) < off_by(vector)) {
      vector = next;
    } else {
      part *= 0.5F;
    }
  }
}

}  // namespace ictus::analysis
