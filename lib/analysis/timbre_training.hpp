// Training of the network that makes sounds of numbers: on clips, together with the events that explain them.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lib/analysis/vector_fit.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::analysis {

/// A clip and what explains it without the network, see explain().
struct TimbreClip {
  PowerMaps sound;
  std::vector<synthesis::EventSound> events;
};

/// A network whose linear part are the principal components of the events' timbres, and whose hidden layers
/// are random and say nothing yet.
synthesis::TimbreNetwork first_network(std::span<const TimbreClip> clips, std::uint64_t seed);

struct TimbreTraining {
  int steps = 90000;  ///< each looks twice at one clip
  std::uint64_t seed = 7;
};

/// Distances in dB, means over every fourth clip: as they were explained freely, and by the network.
struct TimbreProgress {
  int step;
  float free_db, network_db, quantised_db;
};

/// Moves the weights and, for each clip, the numbers of its events, so that the clips are explained as
/// closely as they can be by 32 numbers an event (Adam for both). After a third of the steps noise as large
/// as the steps of the file is added to the numbers, so that it learns to bear them.
void train_timbre(synthesis::TimbreNetwork& network, std::span<const TimbreClip> clips,
                  const TimbreTraining& training, const std::function<void(const TimbreProgress&)>& report);

}  // namespace ictus::analysis
