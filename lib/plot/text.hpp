// Words from outside, such that they can be drawn.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ictus::plot {

/// UTF-8 without control characters, which become spaces, and with U+FFFD for each byte that is none and each
/// code point that is no character.
[[nodiscard]] std::string printable(std::string_view text);

/// The number of characters (code points) of UTF-8.
[[nodiscard]] std::size_t length_of(std::string_view printable_text);

/// Its beginning and its end, `characters` in all, with an ellipsis between them that is one of these. The
/// whole text if it is no longer.
[[nodiscard]] std::string without_middle(std::string_view printable_text, std::size_t characters);

}  // namespace ictus::plot
