// What the numbers of an event's vector are called and how people read them; see SPEC.md, section 9.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "formats/event.hpp"

namespace ictus::formats {

/// A number of a vector as people read it: it runs from -1, `low`, to 1, `high`.
struct NumberName {
  std::string name;  ///< [a-z][a-z0-9_]*
  std::string unit;  ///< empty where it has none
  float low = -1.0F;
  float high = 1.0F;
  bool is_ratio = false;  ///< equal steps are equal ratios

  bool operator==(const NumberName&) const = default;
};

/// What is wrong with names that could not stand in a file; empty when nothing is.
[[nodiscard]] std::string complaint(const std::vector<NumberName>& names);

/// How many values each number of a vector has in a file.
using VectorSteps = std::array<std::uint16_t, kEventVectorSize>;

[[nodiscard]] constexpr VectorSteps equal_steps(std::uint16_t steps) {
  VectorSteps all{};
  all.fill(steps);
  return all;
}

/// Of the numbers of which a header says nothing: their names and steps cost a file no byte.
[[nodiscard]] const std::vector<NumberName>& standard_names();
[[nodiscard]] const VectorSteps& standard_steps();

}  // namespace ictus::formats
