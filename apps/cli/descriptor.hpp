// Opening files by the names that people give.
#pragma once

#include <string>

#include "lib/core/fd.hpp"

namespace ictus::cli {

/// Opens for reading. Throws ictus::Error: missing, a folder, not permitted.
UniqueFd open_for_reading(const std::string& path);

}  // namespace ictus::cli
