// Lists of events as people and programs write them: what `ictus dump` prints, and shorter ones by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "formats/event.hpp"
#include "lib/compose/list_comment.hpp"
#include "lib/compose/list_facts.hpp"
#include "lib/compose/vector_spread.hpp"

namespace ictus::compose {

/// The vector, and where none is given the gain, of an event of another stream: "piano.evs#12".
struct BorrowedEvent {
  std::string stream;
  std::uint64_t event = 0;

  auto operator<=>(const BorrowedEvent&) const = default;
};

struct ListedEvent {
  std::size_t line = 0;  ///< counted from 1
  double onset_s = 0.0;
  std::optional<float> gain_db;  ///< there where the vector is not borrowed
  std::variant<Vector, BorrowedEvent> vector;
  /// Standard numbers that are told in their units, as they stand in a vector: in the place of those of
  /// `vector`.
  std::vector<std::pair<std::size_t, float>> values;
};

struct EventList {
  ListFacts facts;
  std::vector<ListedEvent> events;  ///< in order of onset; lines that begin together in their order
  bool is_in_units = false;         ///< whether its columns say standard numbers in their units
  /// The first line that stood after a later onset, if there is one.
  std::optional<std::size_t> first_out_of_order;
  /// Facts of which it is a guess that commas stood where they were cut.
  std::vector<CutFact> cut_facts;
};

/// Reads a list, in UTF-8 or UTF-16. It is JSON Lines when it begins with '{', else columns under a line of
/// their names, between tabs, semicolons, commas (RFC 4180) or spaces, whichever the names stand between.
/// What spreadsheets do to such lists is undone where there is no doubt: quoted comments, lines filled up,
/// decimal commas and the like. Throws ictus::Error that names the line, the column and the value that is
/// wrong.
[[nodiscard]] EventList parse_event_list(std::string_view text);

}  // namespace ictus::compose
