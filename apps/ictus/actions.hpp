// What explore_command.cpp asks of explore.cpp.
#pragma once

#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"

namespace ictus::front {

/// Returns the exit status.
int explore(const options::ExploreOptions& options, const cli::Streams& streams);

}  // namespace ictus::front
