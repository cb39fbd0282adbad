// Bytes as text, for data: addresses.
#pragma once

#include <string>
#include <string_view>

namespace ictus::report {

/// The base64 encoding of RFC 4648, section 4, with padding and without line breaks.
[[nodiscard]] std::string base64(std::string_view bytes);

}  // namespace ictus::report
