// What ictus-train-events makes of sound files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/analysis/proposal_training.hpp"
#include "lib/analysis/timbre_training.hpp"

namespace ictus::training {

struct Words {
  std::string output;
  std::vector<std::string> inputs;
};

struct TimbreWords : Words {
  analysis::TimbreTraining training;
  int most_events = 0;  ///< in each file; 0: ten a second
};
void train_timbre_on(const TimbreWords& words);

struct ProposalWords : Words {
  analysis::ProposalTraining training;
  std::string model;
  int most_clips = 4;  ///< of each file
  std::size_t simple = 300;
  int threads = 1;
};
void train_proposals_on(const ProposalWords& words);

struct StartWords : Words {
  std::string model;
  std::string proposals;
  std::size_t events = 64;
  int trials = 400;
  int threads = 1;
  std::uint64_t seed = 1;
};
/// The events that a coded stream begins as if it had held: those of the sounds that make the first second of
/// all of them shortest.
void choose_start_on(const StartWords& words);

}  // namespace ictus::training
