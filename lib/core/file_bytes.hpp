// A whole file, in memory.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace ictus {

/// Its bytes. Throws ictus::Error with `remedy` where it is missing, a folder, or cannot be read.
[[nodiscard]] std::vector<std::byte> file_bytes(const std::string& path, const std::string& remedy);

}  // namespace ictus
