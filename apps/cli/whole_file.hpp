// Small files and what comes on standard input, as a whole.
#pragma once

#include <string>

#include "apps/cli/streams.hpp"

namespace ictus::cli {

/// `path` is "-" for standard input. Throws ictus::Error when it cannot be read.
[[nodiscard]] std::string read_whole_file(const std::string& path, const Streams& streams = {});

}  // namespace ictus::cli
