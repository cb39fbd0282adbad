// What a fuzz target says of an input that it cannot accept.
#pragma once

#include <stdexcept>

inline void require(bool condition, const char* what) {
  if (!condition) throw std::logic_error(what);
}
