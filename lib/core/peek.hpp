// What comes next from a descriptor, looked at without being taken.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ictus {

/// The next `count` bytes, or fewer if the end comes before; whoever reads the descriptor next, in this
/// process or in one that takes its place, gets them again. Waits for a pipe or a socket. Nothing for what
/// cannot be looked at, such as a terminal. Throws ictus::Error with `name` and the system's reason.
std::optional<std::vector<std::byte>> peek(int fd, std::size_t count, const std::string& name);

}  // namespace ictus
