#include "lib/compose/event_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kOnset = "onset_s";
constexpr std::string_view kGain = "gain_db";
constexpr std::string_view kVector = "vector";
/// What `ictus dump` prints beside, and what says nothing that is not said elsewhere.
constexpr std::string_view kPassedOver[] = {"event", "duration_s",    "loudness_db", "pitch_hz",
                                            "note",  "brightness_hz", "decay_s"};
/// In decibels; far beyond what any file holds and any ear stands.
constexpr double kMostGainDb = 200.0;
/// A year. Positions in samples stay exact.
constexpr double kLatestOnsetS = 366.0 * 24 * 3600;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Where something stands in the list, for messages.
struct Place {
  std::size_t line;
  std::string_view column;

  [[noreturn]] void refuse(std::string_view value, std::string_view what, std::string hint = {}) const {
    constexpr std::size_t kMostShown = 60;
    const bool is_long = value.size() > kMostShown;
    throw Error(fmt::format("line {}, column {}: '{}{}' {}", line, column, value.substr(0, kMostShown),
                            is_long ? "..." : "", what),
                std::move(hint));
  }
};

[[noreturn]] void refuse_line(std::size_t line, const std::string& what, std::string hint = {}) {
  throw Error(fmt::format("line {}: {}", line, what), std::move(hint));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\r')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

double number(std::string_view text, const Place& place, double least, double most) {
  double value = 0.0;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  const auto [stopped, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (failure != std::errc{} || stopped != digits.data() + digits.size() || std::isnan(value)) {
    place.refuse(text, "is not a number");
  }
  if (value < least || value > most) {
    place.refuse(text, "is out of range", fmt::format("it goes from {} to {}", least, most));
  }
  return value;
}

/// The 32-bit number that is nearest, as for a list that printed one.
float single(std::string_view text, const Place& place, double least, double most) {
  number(text, place, least, most);
  float value = 0.0F;
  const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

BorrowedEvent borrowed(std::string_view text, const Place& place) {
  const std::size_t mark = text.rfind('#');
  BorrowedEvent result;
  const std::string_view digits = mark == std::string_view::npos ? std::string_view() : text.substr(mark + 1);
  const auto [stopped, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), result.event);
  if (mark == 0 || digits.empty() || failure != std::errc{} || stopped != digits.data() + digits.size()) {
    place.refuse(text, "does not name an event of another stream",
                 "write it as STREAM#NUMBER, such as piano.evs#12");
  }
  result.stream = text.substr(0, mark);
  return result;
}

/// "v7" as 7.
std::optional<std::size_t> number_of_vector(std::string_view column) {
  std::size_t number = 0;
  if (column.size() < 2 || column[0] != 'v') return std::nullopt;
  const auto [stopped, failure] = std::from_chars(column.data() + 1, column.data() + column.size(), number);
  const bool is_whole = failure == std::errc{} && stopped == column.data() + column.size();
  return is_whole && number < kEventVectorSize && column == fmt::format("v{}", number) ? std::optional(number)
                                                                                       : std::nullopt;
}

bool is_passed_over(std::string_view column) {
  return std::find(std::begin(kPassedOver), std::end(kPassedOver), column) != std::end(kPassedOver);
}

[[noreturn]] void refuse_column(std::size_t line, std::string_view column) {
  refuse_line(line, fmt::format("there is no column '{}'", column),
              fmt::format("columns are {}, {}, {}, v0 to v{}; passed over are {}", kOnset, kGain, kVector,
                          kEventVectorSize - 1, fmt::join(kPassedOver, ", ")));
}

// --- Columns ---------------------------------------------------------------------------------------

/// Cuts a line into its cells.
class Columns {
 public:
  /// `names` is the line with the names of the columns.
  explicit Columns(std::string_view names)
      : separator_(names.find('\t') != std::string_view::npos  ? '\t'
                   : names.find(',') != std::string_view::npos ? ','
                                                               : ' ') {}

  [[nodiscard]] std::vector<std::string> cells(std::string_view line, std::size_t line_number) const {
    if (separator_ == ',') return quoted_cells(line, line_number);
    std::vector<std::string> cells;
    std::size_t from = 0;
    while (from <= line.size()) {
      const std::size_t to =
          std::min(line.find_first_of(separator_ == ' ' ? " \t" : "\t", from), line.size());
      const std::string_view cell = trimmed(line.substr(from, to - from));
      if (separator_ == '\t' || !cell.empty()) cells.emplace_back(cell);
      from = to + 1;
    }
    return cells;
  }

 private:
  static std::vector<std::string> quoted_cells(std::string_view line, std::size_t line_number) {
    std::vector<std::string> cells(1);
    bool is_quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (c == '"' && is_quoted && i + 1 < line.size() && line[i + 1] == '"') {
        cells.back() += line[++i];
      } else if (c == '"') {
        is_quoted = !is_quoted;
      } else if (c == ',' && !is_quoted) {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    if (is_quoted) refuse_line(line_number, "a quotation mark is not closed");
    for (std::string& cell : cells) cell = std::string(trimmed(cell));
    return cells;
  }

  char separator_;
};

/// A list in columns, line by line.
class TableParser {
 public:
  explicit TableParser(EventList& list) : list_(list) {}

  void push(std::string_view line, std::size_t number) {
    if (!columns_) {
      columns_.emplace(line);
      names_ = columns_->cells(line, number);
      check_names(number);
      return;
    }
    const std::vector<std::string> cells = columns_->cells(line, number);
    if (cells.size() != names_.size()) {
      refuse_line(number, fmt::format("has {} cells where the first line names {} columns", cells.size(),
                                      names_.size()));
    }
    list_.events.push_back(event_of(cells, number));
  }

  [[nodiscard]] bool has_names() const { return columns_.has_value(); }

 private:
  [[nodiscard]] bool has(std::string_view column) const {
    return std::find(names_.begin(), names_.end(), column) != names_.end();
  }

  void check_names(std::size_t line) const {
    for (const std::string& name : names_) {
      if (std::count(names_.begin(), names_.end(), name) > 1) {
        refuse_line(line, fmt::format("the column '{}' comes twice", name));
      }
      const bool is_known = name == kOnset || name == kGain || name == kVector || number_of_vector(name) ||
                            is_passed_over(name);
      if (!is_known) refuse_column(line, name);
    }
    if (!has(kOnset))
      refuse_line(line, fmt::format("the column {} is missing: when each event begins", kOnset));
    const auto numbers = std::count_if(names_.begin(), names_.end(), [](const std::string& name) {
      return number_of_vector(name).has_value();
    });
    if (numbers != 0 && numbers != kEventVectorSize) {
      refuse_line(line, fmt::format("a vector has {} numbers, v0 to v{}, and here are columns for {}",
                                    kEventVectorSize, kEventVectorSize - 1, numbers));
    }
    if (numbers == 0 && !has(kVector)) {
      refuse_line(line, "there are no vectors, neither v0 to v31 nor a column vector",
                  "'ictus dump' prints them unless --no-vectors is given; or borrow them: piano.evs#12");
    }
  }

  [[nodiscard]] ListedEvent event_of(const std::vector<std::string>& cells, std::size_t line) const {
    ListedEvent event;
    event.line = line;
    Vector vector{};
    std::size_t numbers = 0;
    std::optional<BorrowedEvent> from;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string& cell = cells[i];
      const Place place{line, names_[i]};
      if (names_[i] == kOnset) {
        event.onset_s = number(cell, place, 0.0, kLatestOnsetS);
      } else if (cell.empty() || cell == "-") {
        continue;
      } else if (names_[i] == kGain) {
        event.gain_db = single(cell, place, -kMostGainDb, kMostGainDb);
      } else if (names_[i] == kVector) {
        from = borrowed(cell, place);
      } else if (const auto dimension = number_of_vector(names_[i])) {
        vector[*dimension] = single(cell, place, -1.0, 1.0);
        ++numbers;
      }
    }
    if (from && numbers > 0)
      refuse_line(line, "has numbers of its own and a borrowed vector", "leave one empty");
    if (!from && numbers != kEventVectorSize) {
      refuse_line(line, fmt::format("has {} numbers of a vector, which are {}", numbers, kEventVectorSize));
    }
    if (!from && !event.gain_db) refuse_line(line, fmt::format("has no {}", kGain));
    if (from) {
      event.vector = std::move(*from);
    } else {
      event.vector = vector;
    }
    return event;
  }

  EventList& list_;
  std::optional<Columns> columns_;
  std::vector<std::string> names_;
};

// --- JSON Lines ------------------------------------------------------------------------------------

/// One object of JSON Lines: an event where it has an onset, else facts.
class ObjectParser {
 public:
  ObjectParser(EventList& list, std::string_view line, std::size_t number) : list_(list), line_(number) {
    // nlohmann's own reaction to a name that comes twice is to take the last.
    std::vector<std::string> names;
    const auto refuse_twice = [&](int depth, Json::parse_event_t kind, Json& parsed) {
      if (depth != 1 || kind != Json::parse_event_t::key) return true;
      names.push_back(parsed.get<std::string>());
      if (std::count(names.begin(), names.end(), names.back()) > 1) {
        refuse_line(line_, fmt::format("the name '{}' comes twice", names.back()));
      }
      return true;
    };
    try {
      object_ = Json::parse(line, refuse_twice);
    } catch (const Json::exception&) {
      refuse_line(line_, "is no JSON", "each line of JSON Lines is one whole object");
    }
    if (!object_.is_object()) refuse_line(line_, "is no object of JSON");
  }

  void take() {
    const bool is_event = object_.contains(kOnset);
    for (const auto& [name, value] : object_.items()) {
      if (!is_event) {
        take_fact_named(name, value);
      } else if (name != kOnset && name != kGain && name != kVector && !is_passed_over(name)) {
        refuse_column(line_, name);
      }
    }
    if (is_event) list_.events.push_back(event());
  }

 private:
  void take_fact_named(const std::string& name, const Json& value) {
    bool is_known = false;
    try {
      is_known = take_fact(list_.facts, name, value.dump());
    } catch (const Error& error) {
      Place{line_, name}.refuse(value.dump(), error.what());
    }
    if (!is_known) {
      refuse_line(
          line_, fmt::format("has no {}, so it is no event, and there is no fact called '{}'", kOnset, name));
    }
  }

  [[nodiscard]] ListedEvent event() const {
    ListedEvent event;
    event.line = line_;
    event.onset_s = number(numeral(object_[kOnset], {line_, kOnset}), {line_, kOnset}, 0.0, kLatestOnsetS);
    if (object_.contains(kGain) && !object_[kGain].is_null()) {
      event.gain_db =
          single(numeral(object_[kGain], {line_, kGain}), {line_, kGain}, -kMostGainDb, kMostGainDb);
    }
    const Place place{line_, kVector};
    if (!object_.contains(kVector)) refuse_line(line_, fmt::format("has no {}", kVector));
    const Json& vector = object_[kVector];
    if (vector.is_string()) {
      event.vector = borrowed(vector.get<std::string>(), place);
      return event;
    }
    if (!vector.is_array())
      place.refuse(vector.dump(), "is neither a list of numbers nor the name of an event");
    if (vector.size() != kEventVectorSize) {
      refuse_line(line_,
                  fmt::format("has {} numbers of a vector, which are {}", vector.size(), kEventVectorSize));
    }
    Vector numbers;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      numbers[i] = single(numeral(vector[i], place), place, -1.0, 1.0);
    event.vector = numbers;
    if (!event.gain_db) refuse_line(line_, fmt::format("has no {}", kGain));
    return event;
  }

  /// The digits, from which 32-bit numbers are read more exactly than from a double.
  [[nodiscard]] static std::string numeral(const Json& value, const Place& place) {
    if (!value.is_number()) place.refuse(value.dump(), "is not a number");
    return value.dump();
  }

  EventList& list_;
  std::size_t line_;
  Json object_;
};

// --- Both ------------------------------------------------------------------------------------------

/// "# sample_rate_hz: 22050"; other comments are for people.
void take_comment(EventList& list, std::string_view comment, std::size_t line) {
  comment = trimmed(comment.substr(1));
  const std::size_t colon = comment.find(':');
  if (colon == std::string_view::npos) return;
  const std::string_view name = trimmed(comment.substr(0, colon));
  const std::string_view value = trimmed(comment.substr(colon + 1));
  try {
    take_fact(list.facts, name, value);
  } catch (const Error& error) {
    Place{line, name}.refuse(value, error.what());
  }
}

void put_in_order(EventList& list) {
  const auto later = [](const ListedEvent& a, const ListedEvent& b) { return a.onset_s < b.onset_s; };
  const auto sorted_until = std::is_sorted_until(list.events.begin(), list.events.end(), later);
  if (sorted_until == list.events.end()) return;
  list.first_out_of_order = sorted_until->line;
  std::stable_sort(list.events.begin(), list.events.end(), later);
}

}  // namespace

EventList parse_event_list(std::string_view text) {
  EventList list;
  TableParser table(list);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view content = trimmed(line);
    if (content.empty()) continue;
    if (content.starts_with('#')) {
      take_comment(list, content, number);
    } else if (content.starts_with('{') && !table.has_names()) {
      ObjectParser(list, content, number).take();
    } else {
      table.push(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line, number);
    }
  }
  put_in_order(list);
  return list;
}

}  // namespace ictus::compose
