// The bytes of a list as text, whatever a spreadsheet saved it in.
#pragma once

#include <string>
#include <string_view>

namespace ictus::compose {

/// The text without a byte order mark, in UTF-8: UTF-16 is told by its mark, or plainly by where its NUL
/// bytes stand. Other bytes stay as they are, as names of files may be in any encoding. `converted` holds the
/// text where it is not that of `bytes`. Throws ictus::Error for what is no text.
[[nodiscard]] std::string_view utf8_text(std::string_view bytes, std::string& converted);

/// Without what looks like nothing at both ends: blanks, ends of lines, no-break spaces, byte order marks.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace ictus::compose
