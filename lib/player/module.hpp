// The player as pages have it.
#pragma once

#include <string_view>

namespace ictus::player {

/// A WebAssembly module that needs nothing else, of what exports.cpp says; compressed by gzip, in base64.
[[nodiscard]] std::string_view module_base64();

}  // namespace ictus::player
