// Events that others can do without.
#pragma once

#include <functional>
#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/analysis/vector_fit.hpp"

namespace ictus::analysis {

struct SpareSettings {
  float good_db;      ///< up to which events are left out, as far as nothing that is heard goes missing
  float near_db;      ///< up to which an event is left out that makes up for no more than
  float least_share;  ///< this share of the distance
  float noise_part;   ///< by which fewer events of what is all noise may be farther away, as part of the
                      ///< distance
  int steps;  ///< for which the others are fitted on without it; most of many take fewer, smaller ones
  int threads = 1;
  std::function<VectorEvent(const VectorEvent&)>
      as_written;  ///< what an event is when it has been read again
};

/// Makes noise of tones that noise explains nearly as well. Leaves out events without which the rest, fitted
/// on, explains as much, or still enough: first all but the fewest that do, then those that only go on where
/// another ends, then one after the other of those that share what one of them can say, or that only make a
/// tone's beginning or end exact. `distance_db` is theirs, and becomes that of the rest. Farther away than
/// `near_db` all of them stay, but of what is mostly noise.
std::vector<VectorEvent> without_spare(std::vector<VectorEvent> events, float& distance_db,
                                       const synthesis::TimbreNetwork& network, const Target& target,
                                       const PowerMaps& carried, const SpareSettings& settings);

}  // namespace ictus::analysis
