// Where something stands in a list of events, for messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ictus::compose {

struct Place {
  std::size_t line;
  std::string_view column;

  /// Throws ictus::Error: "line 3, column gain_db: 'loud' is not a number".
  [[noreturn]] void refuse(std::string_view value, std::string_view what, std::string hint = {}) const;
};

/// Throws ictus::Error: "line 3: has no gain_db".
[[noreturn]] void refuse_line(std::size_t line, const std::string& what, std::string hint = {});

/// A value for a message: not too long, and in UTF-8 whatever it is in.
[[nodiscard]] std::string shown(std::string_view value);

}  // namespace ictus::compose
