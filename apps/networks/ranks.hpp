// Which of several processes that train together this is.
#pragma once

#include "lib/train/rank.hpp"

namespace ictus::networks {

/// What the environment says: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT, as torchrun sets them, else Open
/// MPI's or MPICH's variables, else those of a step of Slurm; one alone where none is there. Throws
/// options::UsageError where they contradict each other or do not say enough.
[[nodiscard]] train::Rank rank_in_environment();

}  // namespace ictus::networks
