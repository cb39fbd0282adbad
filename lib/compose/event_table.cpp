#include "lib/compose/event_table.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "lib/compose/unit_columns.hpp"
#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

/// Six decimals, which give the sample back exactly: a microsecond is less than one sample.
constexpr const char* kOnsetFormat = "{:.6f}";

/// The shortest text that reads back as the same number.
void append_number(fmt::memory_buffer& line, float value) {
  fmt::format_to(std::back_inserter(line), "{}", value);
}

void append(fmt::memory_buffer& line, std::string_view text) { line.append(text); }

std::string_view view(const fmt::memory_buffer& line) { return {line.data(), line.size()}; }

}  // namespace

EventTable::EventTable(TakeText take, ListFormat format, bool with_vectors, const ExtraColumns& extra,
                       std::uint32_t sample_rate_hz, bool in_units)
    : take_(std::move(take)),
      format_(format),
      with_vectors_(with_vectors),
      extra_(extra),
      sample_rate_hz_(static_cast<double>(sample_rate_hz)),
      in_units_(in_units) {}

void EventTable::print_facts(const std::vector<FactLine>& facts) {
  if (!with_vectors_) return;
  const bool is_json = format_ == ListFormat::json;
  std::string text;
  for (const auto& [name, value] : is_json ? facts : for_table(facts)) {
    text += is_json ? fmt::format("{}\"{}\":{}", text.empty() ? "{" : ",", name, value)
                    : fmt::format("# {}: {}\n", name, value);
  }
  take_(is_json ? text + "}\n" : text);
}

void EventTable::print_totals(const formats::EventStreamTotals& totals) { print_facts(facts_of(totals)); }

void EventTable::print_header(const formats::EventStreamHeader& header) {
  if (in_units_ && header.names != formats::standard_names())
    throw Error("names no numbers with units",
                "leave out --units; 'ictus info' shows which numbers have names");
  is_on_steps_ = header.coding.precision == formats::Precision::coded;
  print_facts(facts_of(header));
  if (format_ == ListFormat::json) return;
  const char separator = format_ == ListFormat::tsv ? '\t' : ',';
  std::string line = fmt::format("event{0}onset_s{0}gain_db", separator);
  for (const std::string& name : extra_.names) line += separator + name;
  if (in_units_)
    for (const std::string& name : unit_columns()) line += separator + name;
  for (std::size_t i = first_number(); with_vectors_ && i < kEventVectorSize; ++i)
    line += fmt::format("{}v{}", separator, i);
  take_(line + "\n");
}

void EventTable::print(std::span<const Event> events) {
  const auto extra = extra_.rows && !events.empty() ? extra_.rows(events) : std::vector<std::vector<Cell>>();
  for (std::size_t i = 0; i < events.size(); ++i) {
    const std::span<const Cell> cells =
        i < extra.size() ? std::span<const Cell>(extra[i]) : std::span<const Cell>();
    if (format_ == ListFormat::json) {
      print_json_row(events[i], cells);
    } else {
      print_row(events[i], cells);
    }
    ++index_;
  }
}

void EventTable::print_row(const Event& event, std::span<const Cell> extra) {
  const std::string_view separator = format_ == ListFormat::tsv ? "\t" : ",";
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "{}", index_);
  append(line, separator);
  fmt::format_to(std::back_inserter(line), fmt::runtime(kOnsetFormat),
                 static_cast<double>(event.onset_samples) / sample_rate_hz_);
  append(line, separator);
  append_number(line, event.gain_db);
  for (const Cell& cell : extra) {
    append(line, separator);
    append(line, cell.text);
  }
  if (in_units_) {
    for (const std::string& cell : unit_cells(event.vector, is_on_steps_)) {
      append(line, separator);
      append(line, cell);
    }
  }
  if (with_vectors_) {
    for (const float number : std::span(event.vector).subspan(first_number())) {
      append(line, separator);
      append_number(line, number);
    }
  }
  append(line, "\n");
  take_(view(line));
}

void EventTable::print_json_row(const Event& event, std::span<const Cell> extra) {
  fmt::memory_buffer line;
  fmt::format_to(std::back_inserter(line), "{{\"event\":{},\"onset_s\":", index_);
  fmt::format_to(std::back_inserter(line), fmt::runtime(kOnsetFormat),
                 static_cast<double>(event.onset_samples) / sample_rate_hz_);
  append(line, ",\"gain_db\":");
  append_number(line, event.gain_db);
  for (std::size_t i = 0; i < extra.size(); ++i) {
    const Cell& cell = extra[i];
    const std::string_view quote = cell.is_number || cell.text.empty() ? "" : "\"";
    fmt::format_to(std::back_inserter(line), ",\"{}\":{}{}{}", extra_.names[i], quote,
                   cell.text.empty() ? "null" : cell.text, quote);
  }
  if (in_units_) {
    const std::vector<std::string> names = unit_columns();
    const std::vector<std::string> values = unit_cells(event.vector, is_on_steps_);
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string_view quote = names[i] == kNoteColumn ? "\"" : "";
      fmt::format_to(std::back_inserter(line), ",\"{}\":{}{}{}", names[i], quote, values[i], quote);
    }
  }
  if (with_vectors_) {
    append(line, in_units_ ? ",\"timbre\":[" : ",\"vector\":[");
    for (std::size_t i = first_number(); i < event.vector.size(); ++i) {
      if (i > first_number()) append(line, ",");
      append_number(line, event.vector[i]);
    }
    append(line, "]");
  }
  append(line, "}\n");
  take_(view(line));
}

}  // namespace ictus::compose
