// What is said of what is refused.
#pragma once

#include <string>

#include "lib/core/error.hpp"

namespace ictus::tests {

/// The error of act(); empty without one.
template <typename Act>
std::string message_of(Act act) {
  try {
    static_cast<void>(act());
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace ictus::tests
