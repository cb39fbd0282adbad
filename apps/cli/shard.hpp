// Inputs that are shared by several workers.
#pragma once

#include <vector>

#include "apps/cli/jobs.hpp"
#include "apps/options/options.hpp"

namespace ictus::cli {

/// The shard that was asked for or, where the environment is to say, the one that Slurm or MPI give this
/// process. Throws options::UsageError where they say nothing, or nothing clear.
[[nodiscard]] options::Shard known_shard(const options::Shard& asked);

/// Those of its worker, which may be none.
[[nodiscard]] std::vector<Job> jobs_of(const std::vector<Job>& all, const options::Shard& asked);

}  // namespace ictus::cli
