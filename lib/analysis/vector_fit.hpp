// Fitting events as they will be written: by their 32 numbers, of which a network makes their sound.
#pragma once

#include <vector>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::analysis {

struct VectorEvent {
  float onset_s = 0.0F;
  float gain_db = 0.0F;
  synthesis::EventVector vector{};
};

std::vector<synthesis::EventSound> sounds_of(const std::vector<VectorEvent>& events,
                                             const synthesis::TimbreNetwork& network);

/// The numbers for which the network's sound comes nearest to what was fitted freely, by its linear part
/// alone.
VectorEvent nearest_vector(const synthesis::EventSound& sound, const synthesis::TimbreNetwork& network);

/// Steps of descent on the numbers, as fit() does them on sounds.
float fit_vectors(std::vector<VectorEvent>& events, const synthesis::TimbreNetwork& network,
                  const Target& target, const PowerMaps& carried, int steps, float pace = 1.0F);

/// What fit_vectors() and training share: how far each number goes in a step at most.
float vector_step(std::size_t place);
inline constexpr float kPitchStepOctaves = 0.004F;
inline constexpr float kGainStepDb = 1.0F;
inline constexpr float kOnsetStepS = 0.007F;

}  // namespace ictus::analysis
