// Opening files by the names that people give, and the system's reasons in our sentences.
#pragma once

#include <string>

#include "lib/core/fd.hpp"

namespace ictus::cli {

/// Opens for reading. Throws ictus::Error: missing, a folder, not permitted.
UniqueFd open_for_reading(const std::string& path);

/// "No such file or directory" in lower case, as the end of one of our sentences.
std::string reason(int error_number);

}  // namespace ictus::cli
