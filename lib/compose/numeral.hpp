// Numbers as people, programs and spreadsheets of several countries write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/compose/list_place.hpp"

namespace ictus::compose {

/// What a numeral says of the signs in it.
enum class Written {
  whole,
  with_point,               ///< the point, or a comma between thousands, allows no doubt
  with_comma,               ///< the comma, or a point between thousands, allows none
  with_point_or_thousands,  ///< 1.500
  with_comma_or_thousands   ///< 1,500
};

struct Numeral {
  /// As std::from_chars reads them. In doubt the sign is taken for that of decimals.
  std::string digits;
  Written written = Written::whole;
};

/// Nothing for what is no number without doubt: thousands are groups of three digits throughout, a date is no
/// number. U+2212 is a minus; no-break and thin spaces and apostrophes stand between thousands.
[[nodiscard]] std::optional<Numeral> numeral(std::string_view text);

/// What a spreadsheet probably did to what should be a number, and what to do about it; empty if it did
/// nothing known.
[[nodiscard]] std::string what_became_of_number(std::string_view text);

/// Watches all numbers of a list, so that none is read in the wrong one of two ways.
class DecimalSigns {
 public:
  void add(Written written, const Place& place, std::string_view text) {
    if (written != Written::whole) note(written, place, text);
  }
  /// At the end of the list; `between_columns` is the separator. Throws ictus::Error that names a number that
  /// can be read in two ways.
  void require_no_doubt(char between_columns) const;

 private:
  struct Seen {
    std::size_t line;
    std::string column;
    std::string text;
  };
  void note(Written written, const Place& place, std::string_view text);

  std::optional<Seen> point_;
  std::optional<Seen> comma_;
  std::optional<Seen> point_or_thousands_;
  std::optional<Seen> comma_or_thousands_;
};

}  // namespace ictus::compose
