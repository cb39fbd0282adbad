#include "lib/compose/numeral.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ictus::compose {
namespace {

constexpr std::string_view kMinus = "\xE2\x88\x92";
/// No-break space, narrow no-break space, thin space, apostrophes.
constexpr std::string_view kBetweenThousands[] = {"\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "'",
                                                  "\xE2\x80\x99"};
/// Stands for any of these.
constexpr char kGap = ' ';

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool take(std::string_view& text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return false;
  text.remove_prefix(beginning.size());
  return true;
}

/// "-", "" or nothing where both come.
std::string sign(std::string_view& text) {
  if (take(text, "-") || take(text, kMinus)) return "-";
  take(text, "+");
  return "";
}

std::string_view digits(std::string_view& text) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view result = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(result.size());
  return result;
}

/// A point, a comma or what stands between thousands; '\0' where there is neither.
char mark(std::string_view& text) {
  if (take(text, ".")) return '.';
  if (take(text, ",")) return ',';
  for (const std::string_view gap : kBetweenThousands) {
    if (take(text, gap)) return kGap;
  }
  return '\0';
}

/// Digits and the marks between them: one group more than there are marks.
struct Mantissa {
  static constexpr std::size_t kMostGroups = 12;  // far more than numbers of a list have
  std::array<std::string_view, kMostGroups> groups;
  std::string marks;

  /// Whether the marks before number `end` stand between thousands: all the same, and three digits behind
  /// each.
  [[nodiscard]] bool has_thousands(std::size_t end) const {
    if (groups[0].empty() || groups[0].size() > 3 || groups[0].front() == '0') return false;
    for (std::size_t i = 0; i < end; ++i) {
      if (marks[i] != marks[0] || groups[i + 1].size() != 3) return false;
    }
    return true;
  }
  [[nodiscard]] std::string joined(std::size_t groups_before_decimals) const {
    std::string text;
    for (std::size_t i = 0; i <= marks.size(); ++i) {
      if (i == groups_before_decimals) text += '.';
      text += groups[i];
    }
    return text;
  }
};

std::optional<Numeral> read(const Mantissa& mantissa, bool has_exponent) {
  const std::string& marks = mantissa.marks;
  const std::size_t count = marks.size();
  if (count == 0) {
    if (mantissa.groups[0].empty()) return std::nullopt;
    return Numeral{std::string(mantissa.groups[0]), Written::whole};
  }
  const char last = marks.back();
  if (last == kGap || std::count(marks.begin(), marks.end(), last) > 1) {
    if (has_exponent || !mantissa.has_thousands(count)) return std::nullopt;
    const Written written = last == kGap  ? Written::whole
                            : last == '.' ? Written::with_comma
                                          : Written::with_point;
    return Numeral{mantissa.joined(count + 1), written};
  }
  const Written clear = last == '.' ? Written::with_point : Written::with_comma;
  if (count > 1) {
    if (has_exponent || !mantissa.has_thousands(count - 1)) return std::nullopt;
    return Numeral{mantissa.joined(count), clear};
  }
  if (mantissa.groups[0].empty() && mantissa.groups[1].empty()) return std::nullopt;
  const Written doubtful = last == '.' ? Written::with_point_or_thousands : Written::with_comma_or_thousands;
  return Numeral{mantissa.joined(1), !has_exponent && mantissa.has_thousands(1) ? doubtful : clear};
}

}  // namespace

std::optional<Numeral> numeral(std::string_view text) {
  const std::string minus = sign(text);
  Mantissa mantissa;
  mantissa.groups[0] = digits(text);
  while (const char between = mark(text)) {
    mantissa.marks += between;
    if (mantissa.marks.size() == Mantissa::kMostGroups) return std::nullopt;
    mantissa.groups[mantissa.marks.size()] = digits(text);
  }
  std::string exponent;
  if (take(text, "e") || take(text, "E")) {
    exponent = "e" + sign(text);
    const std::string_view power = digits(text);
    if (power.empty()) return std::nullopt;
    exponent += power;
  }
  if (!text.empty()) return std::nullopt;
  std::optional<Numeral> result = read(mantissa, !exponent.empty());
  if (result) result->digits = minus + result->digits + exponent;
  return result;
}

std::string what_became_of_number(std::string_view text) {
  const auto has_any = [&](std::string_view characters) {
    return text.find_first_of(characters) != std::string_view::npos;
  };
  const bool has_digit = std::any_of(text.begin(), text.end(), is_digit);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const bool has_letter = std::any_of(text.begin(), text.end(), is_letter);
  if (text.starts_with('#')) {
    return "a spreadsheet writes this where a column is too narrow for a number, or a formula fails; mend "
           "the cell "
           "and save the list again";
  }
  if (text.starts_with('\'') || text.starts_with('=')) {
    return "this is a text in the spreadsheet; give the cell the format of a number, type the number again, "
           "and "
           "save the list";
  }
  if (has_digit && has_any(":")) {
    return "this is a time of day; write seconds, such as 1.5, in cells with the format of a number";
  }
  const auto marks = std::count_if(text.begin(), text.end(), [](char c) { return c == '.' || c == '-'; });
  if (has_digit && (has_letter || has_any("/") || marks > 1)) {
    return "where a spreadsheet made a date or a text of it, the number is lost: open the list that was "
           "dumped "
           "again, with English (USA) as the language of the import, or with all columns as text";
  }
  if (has_digit && has_any(",.")) {
    return "decimals have a point or a comma, and thousands nothing between them";
  }
  return {};
}

void DecimalSigns::note(Written written, const Place& place, std::string_view text) {
  std::optional<Seen>& seen = written == Written::with_point                ? point_
                              : written == Written::with_comma              ? comma_
                              : written == Written::with_point_or_thousands ? point_or_thousands_
                                                                            : comma_or_thousands_;
  if (!seen) seen = Seen{place.line, std::string(place.column), std::string(text)};
}

void DecimalSigns::require_no_doubt(char between_columns) const {
  // Spreadsheets put semicolons between columns where decimals have a comma.
  const bool is_comma_likely = comma_ || between_columns == ';';
  const std::optional<Seen>& other_point = point_ ? point_ : point_or_thousands_;
  const std::optional<Seen>& other_comma = comma_ ? comma_ : comma_or_thousands_;
  const auto refuse = [](const Seen& seen, const std::optional<Seen>& other) {
    const std::string why =
        other ? fmt::format(", as there is '{}' in line {}", other->text, other->line) : "";
    Place{seen.line, seen.column}.refuse(
        seen.text, fmt::format("is a number with decimals or one with thousands{}", why),
        "write all decimals with a point, or all with a comma, and nothing between thousands");
  };
  if (point_or_thousands_ && other_comma) refuse(*point_or_thousands_, other_comma);
  if (comma_or_thousands_ && other_point) refuse(*comma_or_thousands_, other_point);
  if (comma_or_thousands_ && !is_comma_likely) refuse(*comma_or_thousands_, std::nullopt);
}

}  // namespace ictus::compose
