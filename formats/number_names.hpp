// What the numbers of an event's vector are called and how people read them; see SPEC.md, section 9.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
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

/// The numbers of which a header says nothing: their names and steps cost a file no byte. See SPEC.md,
/// section 9.
struct StandardNumber {
  std::string_view name;
  std::string_view unit;  ///< empty where it has none
  float low;
  float high;
  bool is_ratio;
  std::uint16_t steps;

  /// What a number of a vector, from -1 to 1, says.
  [[nodiscard]] float value_of(float number) const {
    const float part = 0.5F * (number + 1.0F);
    return is_ratio ? low * std::pow(high / low, part) : low + part * (high - low);
  }
  [[nodiscard]] float number_of(float value) const {
    return is_ratio ? 2.0F * std::log(value / low) / std::log(high / low) - 1.0F
                    : 2.0F * (value - low) / (high - low) - 1.0F;
  }
  /// How far the number goes for a ratio, or a difference, of values.
  [[nodiscard]] float number_for(float change) const {
    return is_ratio ? 2.0F * std::log(change) / std::log(high / low) : 2.0F * change / (high - low);
  }
  bool operator==(const NumberName& other) const {
    return other.name == name && other.unit == unit && other.low == low && other.high == high &&
           other.is_ratio == is_ratio;
  }
};
inline constexpr std::array<StandardNumber, 16> kStandardNumbers{{
    {"pitch", "Hz", 25.0F, 10500.0F, true, 2093},
    {"balance", "dB", -40.0F, 60.0F, false, 51},
    {"glide", "semitones", -14.0F, 14.0F, false, 281},
    {"glide_time", "s", 0.02F, 3.0F, true, 401},
    {"vibrato", "semitones", 0.0F, 2.0F, false, 41},
    {"vibrato_rate", "Hz", 3.0F, 9.0F, true, 221},
    {"vibrato_phase", "turns", -0.5F, 0.5F, false, 33},
    {"attack", "s", 0.001F, 1.0F, true, 41},
    {"hold", "s", 0.02F, 12.0F, true, 129},
    {"damping", "s", 0.005F, 3.0F, true, 31},
    {"decay", "s", 0.03F, 500.0F, true, 81},
    {"tilt", "", 0.03125F, 32.0F, true, 31},
    {"inharmonicity", "", 1e-6F, 3e-3F, true, 41},
    {"room", "dB", -60.0F, 0.0F, false, 31},
    {"room_time", "s", 0.1F, 6.0F, true, 21},
    {"position", "", -1.0F, 1.0F, false, 41},
}};
inline constexpr std::uint16_t kStandardSteps = 31;  ///< of the numbers without a name

/// Its place in a vector; nothing where there is none of that name.
[[nodiscard]] constexpr std::optional<std::size_t> standard_place(std::string_view name) {
  for (std::size_t place = 0; place < kStandardNumbers.size(); ++place)
    if (kStandardNumbers[place].name == name) return place;
  return std::nullopt;
}

[[nodiscard]] const std::vector<NumberName>& standard_names();
[[nodiscard]] constexpr VectorSteps standard_steps() {
  VectorSteps steps = equal_steps(kStandardSteps);
  for (std::size_t number = 0; number < kStandardNumbers.size(); ++number)
    steps[number] = kStandardNumbers[number].steps;
  return steps;
}

}  // namespace ictus::formats
