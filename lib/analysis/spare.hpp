// Events that others can do without.
#pragma once

#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/analysis/vector_fit.hpp"

namespace ictus::analysis {

struct SpareSettings {
  float most_db;          ///< where an explanation without an event would be farther away, it stays
  float least_share;      ///< of the distance, which an event makes up for or is left out
  float close_enough_db;  ///< up to which any event is left out without which it is so far
  int steps;              ///< for which the others are fitted on without it
  int threads = 1;
};

/// Leaves out one event after the other without which the rest, fitted on, explains as much: of those that
/// share what one of them can say, and of those that only make a tone's beginning or end exact. Many events
/// stay as they are. `distance_db` is theirs, and becomes that of the rest.
std::vector<VectorEvent> without_spare(std::vector<VectorEvent> events, float& distance_db,
                                       const synthesis::TimbreNetwork& network, const Target& target,
                                       const PowerMaps& carried, const SpareSettings& settings);

}  // namespace ictus::analysis
