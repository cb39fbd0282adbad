// Events as lines of text.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/event.hpp"
#include "lib/compose/list_facts.hpp"

namespace ictus::compose {

enum class ListFormat { tsv, csv, json };

/// One value of a column; empty where there is none.
struct Cell {
  std::string text;
  bool is_number = true;
};

/// Columns that are worked out from the events rather than read from the file.
struct ExtraColumns {
  std::vector<std::string> names;
  /// A row of cells for each of the events.
  std::function<std::vector<std::vector<Cell>>(std::span<const Event>)> rows;
};

/// Takes lines of text.
using TakeText = std::function<void(std::string_view)>;

class EventTable {
 public:
  /// `extra` may be empty and must outlive the table.
  /// With `in_units`, standard numbers stand in their units, in columns or fields of their own.
  EventTable(TakeText take, ListFormat format, bool with_vectors, const ExtraColumns& extra,
             std::uint32_t sample_rate_hz, bool in_units = false);
  /// What the stream says of itself, and the names of the columns. The former is for `ictus assemble` and
  /// left out where the vectors are, without which nothing can be assembled. Throws ictus::Error where units
  /// are wanted and its model has no standard numbers.
  void print_header(const formats::EventStreamHeader& header);
  void print(std::span<const Event> events);
  /// What is known at the end.
  void print_totals(const formats::EventStreamTotals& totals);

 private:
  /// The first that stands in a column of its own as v16.
  [[nodiscard]] std::size_t first_number() const { return in_units_ ? formats::kStandardNumbers.size() : 0; }
  void print_facts(const std::vector<FactLine>& facts);
  void print_row(const Event& event, std::span<const Cell> extra);
  void print_json_row(const Event& event, std::span<const Cell> extra);

  TakeText take_;
  ListFormat format_;
  bool with_vectors_;
  const ExtraColumns& extra_;
  double sample_rate_hz_;
  bool in_units_;
  bool is_on_steps_ = true;
  std::uint64_t index_ = 0;
};

}  // namespace ictus::compose
