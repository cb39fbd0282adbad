// Words from outside, such that they can be drawn.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ictus::plot {

/// The number of characters (code points) of UTF-8.
[[nodiscard]] std::size_t length_of(std::string_view printable_text);

/// Its beginning and its end, `characters` in all, with an ellipsis between them that is one of these. The
/// whole text if it is no longer.
[[nodiscard]] std::string without_middle(std::string_view printable_text, std::size_t characters);

}  // namespace ictus::plot
