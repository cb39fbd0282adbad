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
  static const std::vector<NumberName> names = [] {
    std::vector<NumberName> made;
    for (const StandardNumber& number : kStandardNumbers)
      made.push_back(
          {std::string(number.name), std::string(number.unit), number.low, number.high, number.is_ratio});
    return made;
  }();
  return names;
}

}  // namespace ictus::formats
