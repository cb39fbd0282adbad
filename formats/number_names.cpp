#include "formats/number_names.hpp"

#include <algorithm>
#include <cmath>

#include "formats/header_block.hpp"

namespace ictus::formats {
namespace {

// SPEC.md, section 9.
constexpr std::size_t kMaxNameBytes = 31;
constexpr std::size_t kMaxUnitBytes = 15;

bool is_small_letter(char c) { return c >= 'a' && c <= 'z'; }

bool is_name(const std::string& name) {
  return !name.empty() && name.size() <= kMaxNameBytes && is_small_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_small_letter(c) || (c >= '0' && c <= '9') || c == '_'; });
}

std::string complaint(const NumberName& number) {
  if (!is_name(number.name)) {
    return "is not a name of at most 31 small letters, digits and '_' that begins with a letter";
  }
  if (number.unit.size() > kMaxUnitBytes || !is_text(number.unit) || has_control_characters(number.unit)) {
    return "has a unit that is not a text of at most 15 bytes";
  }
  if (!std::isfinite(number.low) || !std::isfinite(number.high) || !(number.low < number.high)) {
    return "has a range that does not go from a number to a higher one";
  }
  if (number.is_ratio && !(number.low > 0.0F)) return "has ratios in a range that does not begin above 0";
  return {};
}

}  // namespace

std::string complaint(const std::vector<NumberName>& names) {
  if (names.size() > kEventVectorSize) {
    return std::to_string(names.size()) + " named numbers are more than " + std::to_string(kEventVectorSize);
  }
  for (auto number = names.begin(); number != names.end(); ++number) {
    const std::string which = "named number " + std::to_string(number - names.begin() + 1) + " ";
    if (const std::string what = complaint(*number); !what.empty()) return which + what;
    if (std::any_of(names.begin(), number, [&](const auto& other) { return other.name == number->name; })) {
      return which + "has the name of one before it";
    }
  }
  return {};
}

const std::vector<NumberName>& standard_names() {
  static const std::vector<NumberName> names = {
      {"pitch", "Hz", 25.0F, 10500.0F, true},
      {"balance", "dB", -40.0F, 60.0F, false},
      {"glide", "semitones", -14.0F, 14.0F, false},
      {"glide_time", "s", 0.02F, 3.0F, true},
      {"vibrato", "semitones", 0.0F, 2.0F, false},
      {"vibrato_rate", "Hz", 3.0F, 9.0F, true},
      {"vibrato_phase", "turns", -0.5F, 0.5F, false},
      {"attack", "s", 0.001F, 1.0F, true},
      {"hold", "s", 0.02F, 12.0F, true},
      {"damping", "s", 0.005F, 3.0F, true},
      {"decay", "s", 0.03F, 500.0F, true},
      {"tilt", "", 0.03125F, 32.0F, true},
      {"inharmonicity", "", 1e-6F, 3e-3F, true},
      {"room", "dB", -60.0F, 0.0F, false},
      {"room_time", "s", 0.1F, 6.0F, true},
      {"position", "", -1.0F, 1.0F, false},
  };
  return names;
}

const VectorSteps& standard_steps() {
  static constexpr VectorSteps kSteps = {2093, 51, 281, 51, 41, 221, 33, 41, 129, 31, 81, 31, 41, 31, 21, 41,
                                         31,   31, 31,  31, 31, 31,  31, 31, 31,  31, 31, 31, 31, 31, 31, 31};
  return kSteps;
}

}  // namespace ictus::formats
