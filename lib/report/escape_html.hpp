// Text as HTML.
#pragma once

#include <string>
#include <string_view>

namespace ictus::report {

/// `text` such that a browser shows it as it is, between tags as well as within an attribute in quotes of
/// either kind: & < > " and ' become character references, and what is no UTF-8 is replaced, as by
/// printable_lines().
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace ictus::report
