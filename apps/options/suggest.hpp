// The word that was probably meant.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace ictus::options {

/// The candidate nearest to `word`, if one is near enough to be a slip of the finger or its beginning.
[[nodiscard]] std::optional<std::string> nearest(const std::string& word,
                                                 std::span<const std::string> candidates);

}  // namespace ictus::options
