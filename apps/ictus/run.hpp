// The program `ictus` as a function.
#pragma once

#include <string>
#include <vector>

#include "apps/cli/streams.hpp"

namespace ictus::front {

/// `words` are the arguments without the program's name. Returns the exit status.
int run(const std::vector<std::string>& words, const cli::Streams& streams);

}  // namespace ictus::front
