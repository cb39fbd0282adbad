#include "lib/compose/list_comment.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/compose/list_place.hpp"
#include "lib/compose/list_text.hpp"
#include "lib/compose/numeral.hpp"
#include "lib/core/error.hpp"
#include "lib/core/utf8.hpp"

namespace ictus::compose {
namespace {

using Json = nlohmann::json;

constexpr const char* kWasCut =
    "a spreadsheet cut this line into cells; write it as 'ictus dump' does, each tag on a line of its own";

struct Comment {
  std::string name;  ///< of a fact; else empty
  std::string_view value;
};

/// `text` begins with '#'.
Comment comment_in(std::string_view text) {
  text.remove_prefix(1);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {};
  std::string name = lower_case(trimmed(text.substr(0, colon)));
  if (!is_fact(name)) return {};
  return {std::move(name), trimmed(text.substr(colon + 1))};
}

/// The separators with which spreadsheets fill lines up.
std::string_view without_empty_cells(std::string_view text, char separator) {
  while (!text.empty() && (text.back() == separator || trimmed(text.substr(text.size() - 1)).empty())) {
    text.remove_suffix(1);
  }
  return text;
}

void take(ListFacts& facts, const Comment& comment, std::string_view value, const Place& place,
          std::string hint = {}) {
  if (!is_utf8(value)) {
    place.refuse(value, "is not in UTF-8", "save the list in UTF-8, which spreadsheets call Unicode too");
  }
  std::string json(value);
  if (!Json::accept(json)) {
    // A number with a decimal comma, or with something between its thousands.
    const std::optional<Numeral> number = numeral(value);
    if (number && number->written != Written::with_comma_or_thousands) json = number->digits;
  }
  try {
    take_fact(facts, comment.name, json);
  } catch (const Error& error) {
    place.refuse(value, error.what(), std::move(hint));
  }
}

bool ends_within_text(std::string_view json) {
  bool is_within = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') is_within = !is_within;
    if (json[i] == '\\') ++i;
  }
  return is_within;
}

}  // namespace

std::optional<CutFact> take_comment(ListFacts& facts, std::string_view line, std::size_t number,
                                    char separator) {
  const Comment comment = comment_in(line);
  if (comment.name.empty()) return std::nullopt;
  const Place place{number, comment.name};
  const std::string_view value = separator == ' ' || Json::accept(comment.value)
                                     ? comment.value
                                     : without_empty_cells(comment.value, separator);
  // Cells filled up: the line was in a spreadsheet, which may have put its separator where a comma was.
  const bool was_filled_up = value.size() < comment.value.size();
  take(facts, comment, value, place, was_filled_up ? kWasCut : "");
  if (!was_filled_up || value.find(separator) == std::string_view::npos) return std::nullopt;
  return CutFact{number, comment.name, std::string(value)};
}

std::optional<CutFact> take_comment(ListFacts& facts, std::span<const std::string> cells,
                                    std::size_t number) {
  const auto is_empty = [](const std::string& cell) { return trimmed(cell).empty(); };
  while (!cells.empty() && is_empty(cells.front())) cells = cells.subspan(1);
  while (!cells.empty() && is_empty(cells.back())) cells = cells.first(cells.size() - 1);
  std::string text;
  bool is_cut_within_text = false;
  for (const std::string& cell : cells) {
    if (!text.empty()) {
      is_cut_within_text = is_cut_within_text || ends_within_text(text);
      text += ',';
    }
    text += cell;
  }
  const Comment comment = comment_in(trimmed(text));
  if (comment.name.empty()) return std::nullopt;
  take(facts, comment, comment.value, {number, comment.name}, cells.size() > 1 ? kWasCut : "");
  if (!is_cut_within_text) return std::nullopt;
  return CutFact{number, comment.name, std::string(comment.value)};
}

bool is_spoilt_event(std::string_view first_cell, bool has_other_cells) {
  if (!has_other_cells || first_cell.size() < 2 || first_cell.front() != '#') return false;
  const std::string_view rest = first_cell.substr(1);
  const auto is_of_error = [](char c) { return (c >= 'A' && c <= 'Z') || c == '/' || c == '0'; };
  const bool is_all_marks = rest.find_first_not_of('#') == std::string_view::npos;
  const bool is_error = rest.size() > 1 && (rest.back() == '!' || rest.back() == '?') &&
                        std::all_of(rest.begin(), rest.end() - 1, is_of_error);
  return is_all_marks || is_error || rest == "N/A" || rest == "NV" || rest == "N/D";
}

}  // namespace ictus::compose
