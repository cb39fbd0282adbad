// How configurations are checked, so that every model complains in the same words.
#pragma once

#include <fmt/format.h>

#include <string>

#include "lib/core/error.hpp"

namespace ictus::models {

/// Throws ictus::Error with `what` unless it `holds`.
inline void require(bool holds, const std::string& what) {
  if (!holds) throw Error("the model's configuration makes no sense: " + what);
}

inline void require_within(const char* name, int value, int least, int most) {
  require(value >= least && value <= most,
          fmt::format("{} is {}, and must be from {} to {}", name, value, least, most));
}

inline void require_divides(const char* part_name, int part, const char* whole_name, int whole) {
  require(part != 0 && whole % part == 0,
          fmt::format("{} ({}) must be a multiple of {} ({})", whole_name, whole, part_name, part));
}

}  // namespace ictus::models
