// The program `ictus-nn` as a function: the commands that need a network.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/streams.hpp"

namespace ictus::network {

/// `words` are the arguments of `ictus`, without the program's name. Returns the exit status.
int run(const std::vector<std::string>& words, const cli::Streams& streams);

}  // namespace ictus::network
