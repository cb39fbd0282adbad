// A look at what is to be done, so that what cannot work is said at once, without the time that a network
// takes to load.
#pragma once

#include <vector>

#include "apps/cli/jobs.hpp"
#include "apps/cli/streams.hpp"

namespace ictus::front {

[[nodiscard]] bool any_can_begin(const std::vector<cli::Job>& jobs, bool replace,
                                 const cli::Streams& streams);

/// Says of jobs of which none can begin why not. Returns the exit status.
int refuse_all(const std::vector<cli::Job>& jobs, bool replace, const cli::Streams& streams);

}  // namespace ictus::front
