// Facts in the comments of a list in columns: "# sample_rate_hz: 22050".
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/compose/list_facts.hpp"

namespace ictus::compose {

/// A fact that a spreadsheet cut into cells, within one of its texts, and how it reads with commas at the
/// cuts.
struct CutFact {
  std::size_t line;
  std::string name;
  std::string value;
};

/// Takes over the fact that a line, which begins with '#', states; other comments are for people. `separator`
/// is that of the list. Throws ictus::Error where the value is not what the fact has to be.
std::optional<CutFact> take_comment(ListFacts& facts, std::string_view line, std::size_t number,
                                    char separator);
/// The same of a line that stands in quoted cells, the first of which begins with '#'.
std::optional<CutFact> take_comment(ListFacts& facts, std::span<const std::string> cells, std::size_t number);

/// Whether a line that begins with '#' is no comment but an event, in whose first cell a spreadsheet wrote
/// "########" or "#N/A".
[[nodiscard]] bool is_spoilt_event(std::string_view first_cell, bool has_other_cells);

}  // namespace ictus::compose
