// What a path leads to: links to their end, and the names that the system has for open descriptors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/core/fd.hpp"

namespace ictus {

enum class Place {
  free,
  file,
  folder,
  special,  ///< a device, a pipe or a socket, and whatever a descriptor is that a path stands for
};

/// What lies at the path. Throws ictus::Error when that cannot be told: links that lead in a circle, a name
/// that is too long.
[[nodiscard]] Place place_at(const std::string& path);

/// "a" of "a/".
[[nodiscard]] std::string without_last_slashes(std::string path);

/// The folder that a path lies in: "." for a name alone. What is to be made at "a/" lies in a folder a, too.
[[nodiscard]] std::string folder_of(const std::string& path);

/// Where a path that is a symbolic link leads, link after link, whether there is anything or not.
[[nodiscard]] std::string end_of_links(const std::string& path);

/// The number of the descriptor of this process that a path stands for: /dev/stdin, /dev/fd/3,
/// /proc/self/fd/3, or a link to one of these.
[[nodiscard]] std::optional<int> descriptor_named(const std::string& path);

/// Whether a path stands for a descriptor of this process or of another one. What is open there may be an
/// ordinary file, but other programs have it open too, at a place of their own.
[[nodiscard]] bool stands_for_descriptor(const std::string& path);

/// Whether the path ends in the suffix, in capitals or not.
[[nodiscard]] bool has_suffix(std::string_view path, std::string_view suffix);

/// Opens as open() does. A path that stands for a descriptor of this process gives a copy of that, which
/// keeps its place in the file and works for sockets. Where it fails nothing is open, and errno says why.
[[nodiscard]] UniqueFd open_path(const std::string& path, int flags);

/// The same for reading what is no folder. Throws ictus::Error with `name` and the system's reason.
[[nodiscard]] UniqueFd open_for_reading(const std::string& path, const std::string& name);

}  // namespace ictus
