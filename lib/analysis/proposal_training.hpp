// Training of the network that says with which numbers proposed events begin.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lib/analysis/explain.hpp"
#include "lib/analysis/proposal_network.hpp"

namespace ictus::analysis {

/// A clip, and the proposals that came to something.
struct ProposalLesson {
  PowerMaps sound;
  std::vector<Proposal> proposals;
};

/// What the networks find in a clip now, but for what turns out to be worth little.
ProposalLesson proposal_lesson(const Stretch& stretch, const EventNetworks& networks, int threads);

/// A network whose hidden layers are random, and which says the mean of the numbers that lessons begin with,
/// as they were guessed.
ProposalNetwork first_proposals(std::span<const ProposalLesson> lessons,
                                const synthesis::TimbreNetwork& timbre, std::uint64_t seed);

struct ProposalTraining {
  int steps = 30000;  ///< each looks at two clips
  std::uint64_t seed = 7;
};

/// Distances in dB, means over every twelfth clip, which nothing is learnt from: as events were guessed, and
/// as the network begins them.
struct ProposalProgress {
  int step;
  float guessed_db, begun_db;
};

/// Moves the weights so that the events of a clip, as they begin, explain it together as closely as can be:
/// by the slopes of the distance itself, with no numbers told. The network of timbres stays as it is.
void train_proposals(ProposalNetwork& network, const synthesis::TimbreNetwork& timbre,
                     std::span<const ProposalLesson> lessons, const ProposalTraining& training,
                     const std::function<void(const ProposalProgress&)>& report);

}  // namespace ictus::analysis
