#include "lib/compose/record_reader.hpp"

#include <algorithm>

#include "lib/compose/list_place.hpp"

namespace ictus::compose {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_line_end(char c) { return c == '\n' || c == '\r'; }
bool separates(char c, char separator) { return separator == ' ' ? is_blank(c) : c == separator; }

}  // namespace

RecordReader::RecordReader(std::string_view text) : rest_(text) { find_line_end(); }

void RecordReader::find_line_end() {
  const auto* const end = std::find_if(rest_.begin(), rest_.end(), is_line_end);
  line_size_ = static_cast<std::size_t>(end - rest_.begin());
}

void RecordReader::step_over_line_end() {
  rest_.remove_prefix(rest_.starts_with("\r\n") ? 2 : 1);
  ++line_number_;
}

void RecordReader::skip_line() {
  rest_.remove_prefix(line_size_);
  if (!rest_.empty()) step_over_line_end();
  find_line_end();
}

std::string& RecordReader::add_cell() {
  // Strings are used again, as allocating them anew takes most of the time.
  if (cell_count_ == cells_.size()) cells_.emplace_back();
  std::string& cell = cells_[cell_count_++];
  cell.clear();
  return cell;
}

std::span<const std::string> RecordReader::read_record(char separator) {
  cell_count_ = 0;
  if (line().find('"') == std::string_view::npos) {
    split_line(separator);
    skip_line();
  } else {
    split_quoted(separator);
  }
  return {cells_.data(), cell_count_};
}

void RecordReader::split_line(char separator) {
  std::string_view line = this->line();
  while (true) {
    if (separator == ' ') {
      while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
      if (line.empty()) return;
    }
    const auto* const end =
        std::find_if(line.begin(), line.end(), [&](char c) { return separates(c, separator); });
    const auto size = static_cast<std::size_t>(end - line.begin());
    add_cell().assign(line.substr(0, size));
    if (size == line.size()) return;
    line.remove_prefix(size + 1);
  }
}

/// `rest_` begins with the opening mark.
void RecordReader::read_quoted_cell() {
  const std::size_t opened_on = line_number_;
  std::string& cell = add_cell();
  rest_.remove_prefix(1);
  while (!rest_.empty()) {
    const char c = rest_.front();
    if (is_line_end(c)) {
      cell += '\n';
      step_over_line_end();
      continue;
    }
    rest_.remove_prefix(1);
    if (c != '"') {
      cell += c;
    } else if (rest_.starts_with('"')) {
      cell += c;
      rest_.remove_prefix(1);
    } else {
      return;
    }
  }
  refuse_line(opened_on, "a quotation mark is not closed");
}

void RecordReader::split_quoted(char separator) {
  while (true) {
    std::size_t blanks = 0;
    while (blanks < rest_.size() && is_blank(rest_[blanks]) &&
           (separator == ' ' || rest_[blanks] != separator)) {
      ++blanks;
    }
    if (separator == ' ') {
      rest_.remove_prefix(blanks);
      blanks = 0;
      if (rest_.empty() || is_line_end(rest_.front())) break;
    }
    if (blanks < rest_.size() && rest_[blanks] == '"') {
      rest_.remove_prefix(blanks);
      const std::size_t opened_on = line_number_;
      read_quoted_cell();
      while (!rest_.empty() && is_blank(rest_.front()) && !separates(rest_.front(), separator)) {
        rest_.remove_prefix(1);
      }
      if (!rest_.empty() && !is_line_end(rest_.front()) && !separates(rest_.front(), separator)) {
        refuse_line(opened_on, "a quotation mark closes within a cell",
                    "double the marks that belong to the text of a quoted cell");
      }
    } else {
      std::string& cell = add_cell();
      while (!rest_.empty() && !is_line_end(rest_.front()) && !separates(rest_.front(), separator)) {
        cell += rest_.front();
        rest_.remove_prefix(1);
      }
    }
    if (rest_.empty() || is_line_end(rest_.front())) break;
    rest_.remove_prefix(1);
  }
  if (!rest_.empty()) step_over_line_end();
  find_line_end();
}

}  // namespace ictus::compose
