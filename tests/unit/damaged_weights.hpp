// What loading says of weights that are not as they should be.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "lib/core/error.hpp"
#include "tests/unit/temporary_file.hpp"

namespace ictus::tests {

/// The error of load(path) for a file of this content, which must come with a hint; empty without an error.
template <typename Load>
std::string message_of_loading(const std::string& content, Load load) {
  const TemporaryFile file(content);
  try {
    static_cast<void>(load(file.path()));
  } catch (const Error& error) {
    CHECK_FALSE(error.hint().empty());
    return error.what();
  }
  return "";
}

/// `text` with `to` in place of `from`, which must be in it.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace ictus::tests
