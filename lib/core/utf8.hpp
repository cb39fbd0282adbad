// Text from outside, such as the name of a file, which may be in any encoding or in none.
#pragma once

#include <string>
#include <string_view>

namespace ictus {

/// Overlong forms, surrogates and what lies beyond U+10FFFF are none.
[[nodiscard]] bool is_utf8(std::string_view text);

/// In small letters, as far as they are of ASCII: names of tags and columns are the same in capitals.
[[nodiscard]] std::string lower_case(std::string_view text);

/// UTF-8 that every program takes: U+FFFD stands for what is none, and for the code points that are no
/// characters and never will be, such as U+FFFF.
[[nodiscard]] std::string valid_utf8(std::string_view text);

/// The same without control characters, which become spaces; tabs and ends of lines stay.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// The same on one line: tabs and ends of lines become spaces too.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace ictus
