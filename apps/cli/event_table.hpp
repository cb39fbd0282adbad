// Events as lines of text.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "apps/cli/text_output.hpp"
#include "apps/options/options.hpp"
#include "formats/event.hpp"

namespace ictus::cli {

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

class EventTable {
 public:
  /// `extra` may be empty and must outlive the table.
  EventTable(TextOutput& out, options::TableFormat format, bool with_vectors, const ExtraColumns& extra,
             std::uint32_t sample_rate_hz);
  void print_header();
  void print(std::span<const Event> events);

 private:
  void print_row(const Event& event, std::span<const Cell> extra);
  void print_json_row(const Event& event, std::span<const Cell> extra);

  TextOutput& out_;
  options::TableFormat format_;
  bool with_vectors_;
  const ExtraColumns& extra_;
  double sample_rate_hz_;
  std::uint64_t index_ = 0;
};

}  // namespace ictus::cli
