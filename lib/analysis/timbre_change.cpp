#include "lib/analysis/timbre_change.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

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

/// Of a set of knots, the mean of which says nothing.
template <std::size_t N, typename Octaves>
void tilt(std::array<float, N>& levels_db, float db_an_octave, const Octaves& octaves) {
  float mean = 0.0F;
  for (std::size_t knot = 0; knot < N; ++knot) mean += octaves(knot) / static_cast<float>(N);
  for (std::size_t knot = 0; knot < N; ++knot) levels_db[knot] += db_an_octave * (octaves(knot) - mean);
}

}  // namespace

TimbreOutputs said_of(const EventVector& vector, const TimbreNetwork& network) {
  return synthesis::timbre_of(network.sound_of(vector, 0.0F), vector);
}

void change_timbre(EventVector& vector, const TimbreOutputs& change, const TimbreOutputs& weights,
                   const TimbreNetwork& network) {
  const TimbreOutputs before = said_of(vector, network);
  // How each number of the timbre changes it.
  std::array<TimbreOutputs, kTimbreNumbers> basis{};
  constexpr float kTrial = 0.25F;
  for (std::size_t z = 0; z < kTimbreNumbers; ++z) {
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
  // How levels change over time counts less than the spectrum.
  constexpr float kOtherWeight = 0.1F;
  synthesis::EventSound louder = sound;
  for (float& level : louder.partials_db) level += 1.0F;
  for (float& level : louder.body_db) level += 1.0F;
  for (float& level : louder.noise_db) level += 1.0F;
  TimbreOutputs weights = synthesis::timbre_of(louder, vector);
  for (std::size_t i = 0; i < kTimbreOutputs; ++i) weights[i] = weights[i] != wanted[i] ? 1.0F : kOtherWeight;
  // More steps make up for what the first missed where slopes bend.
  constexpr int kSteps = 4;
  for (int step = 0; step < kSteps; ++step) {
    TimbreOutputs change = said_of(vector, network);
    for (std::size_t i = 0; i < kTimbreOutputs; ++i) change[i] = wanted[i] - change[i];
    change_timbre(vector, change, weights, network);
  }
}

}  // namespace ictus::analysis
