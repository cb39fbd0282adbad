#include "lib/compose/event_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "lib/compose/list_place.hpp"
#include "lib/compose/list_text.hpp"
#include "lib/compose/numeral.hpp"
#include "lib/compose/record_reader.hpp"
#include "lib/compose/standard_places.hpp"
#include "lib/compose/unit_columns.hpp"
#include "lib/core/error.hpp"
#include "lib/core/utf8.hpp"
#include "lib/notes/note_name.hpp"

namespace ictus::compose {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kOnset = "onset_s";
constexpr std::string_view kGain = "gain_db";
constexpr std::string_view kVector = "vector";
/// What `ictus dump` prints beside, and what says nothing that is not said elsewhere; the last is a column of
/// pandas.
constexpr std::string_view kPassedOver[] = {"event", "duration_s",    "loudness_db", "pitch_hz",
                                            "note",  "brightness_hz", "decay_s",     "index"};
/// In decibels; far beyond what any file holds and any ear stands.
constexpr double kMostGainDb = 200.0;
/// A year. Positions in samples stay exact.
constexpr double kLatestOnsetS = 366.0 * 24 * 3600;
/// The numbers of the timbre, which have no names.
constexpr std::size_t kFirstTimbre = formats::kStandardNumbers.size();

/// The nearest number, `T` being that of a list that printed one. `digits` is `text` as std::from_chars reads
/// it.
template <typename T>
T number_of(std::string_view digits, std::string_view text, const Place& place, double least, double most) {
  double value = 0.0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, failure] = std::from_chars(digits.data(), end, value);
  if (failure != std::errc{} || stopped != end || std::isnan(value)) {
    place.refuse(text, "is not a number", what_became_of_number(text));
  }
  if (value < least || value > most) {
    place.refuse(text, "is out of range", fmt::format("it goes from {} to {}", least, most));
  }
  T nearest{};
  std::from_chars(digits.data(), end, nearest);
  return nearest;
}

/// The double that is printed as a 32-bit number is: of an end of a range, that as people write it.
double in_decimals(float number) {
  double value = 0.0;
  const std::string text = fmt::format("{}", number);
  std::from_chars(text.data(), text.data() + text.size(), value);
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
  refuse_line(line, fmt::format("there is no column '{}'", shown(column)),
              fmt::format("columns are {}, {}, {}, v0 to v{} or in their places {}; passed over are {}",
                          kOnset, kGain, kVector, kEventVectorSize - 1, fmt::join(unit_columns(), ", "),
                          fmt::join(kPassedOver, ", ")));
}

// --- Columns ---------------------------------------------------------------------------------------

enum class Kind { onset, gain, vector, number, value, note, cents, passed_over, index, unnamed };

struct Column {
  std::string name;  ///< as the list has it; the place of one that has none
  Kind kind = Kind::unnamed;
  std::size_t dimension = 0;  ///< of Kind::number and Kind::value
};

bool is_empty(std::string_view cell) { return trimmed(cell).empty(); }

bool are_empty(std::span<const std::string> cells) {
  return std::all_of(cells.begin(), cells.end(), is_empty);
}

/// Nothing, or as pandas calls what has no name.
bool is_no_name(std::string_view name) {
  return name.empty() || name.starts_with("unnamed: ") || name == "level_0";
}

/// A list in columns, record by record.
class TableParser {
 public:
  TableParser(EventList& list, char separator) : list_(list), separator_(separator) {}

  void push(std::span<const std::string> cells, std::size_t line) {
    if (columns_.empty()) {
      take_names(cells, line);
    } else {
      require_cells(cells, line);
      list_.events.push_back(event_of(cells.first(std::min(cells.size(), columns_.size())), line));
    }
  }

  /// Refuses an event that looks like a comment: "########,-12,piano.evs#3".
  void require_comment(std::string_view text, std::size_t line) const {
    if (columns_.empty() || separator_ == ' ') return;
    const std::size_t end = std::min(text.find(separator_), text.size());
    const std::string_view first = trimmed(text.substr(0, end));
    const bool has_others =
        text.find_first_not_of(std::string(" \t") + separator_, end) != std::string_view::npos;
    if (is_spoilt_event(first, has_others)) refuse_spoilt(first, line);
  }
  void require_comment(std::span<const std::string> cells, std::size_t line) const {
    if (columns_.empty() || separator_ == ' ') return;
    const std::string_view first = trimmed(cells.front());
    if (is_spoilt_event(first, !are_empty(cells.subspan(1)))) refuse_spoilt(first, line);
  }

  [[nodiscard]] bool has_names() const { return !columns_.empty(); }

  /// At the end of the list.
  void finish() const { decimal_signs_.require_no_doubt(separator_); }

 private:
  void take_names(std::span<const std::string> cells, std::size_t line) {
    bool is_first_with_name = true;
    // Beside v0 to v15 columns such as note say what dump has heard.
    const bool has_named_numbers = std::any_of(cells.begin(), cells.end(), [](const std::string& cell) {
      return number_of_vector(lower_case(trimmed(cell))).value_or(kFirstTimbre) < kFirstTimbre;
    });
    for (std::size_t i = 0; i < cells.size(); ++i) {
      Column column{std::string(trimmed(cells[i])), Kind::unnamed, 0};
      const std::string name = lower_case(column.name);
      if (is_no_name(name)) {
        column.kind = is_first_with_name ? Kind::index : Kind::unnamed;
        column.name = fmt::format("{}", i + 1);
      } else {
        is_first_with_name = false;
        const auto dimension = number_of_vector(name);
        if (name == kOnset) {
          column.kind = Kind::onset;
        } else if (name == kGain) {
          column.kind = Kind::gain;
        } else if (name == kVector) {
          column.kind = Kind::vector;
        } else if (dimension) {
          column.kind = Kind::number;
          column.dimension = *dimension;
        } else if (has_named_numbers && is_passed_over(name)) {
          column.kind = Kind::passed_over;
        } else if (has_named_numbers && number_of_unit_column(name)) {
          refuse_line(line,
                      fmt::format("the column '{}' says what v{} does", name, *number_of_unit_column(name)),
                      "leave out one of them");
        } else if (name == kNoteColumn) {
          column.kind = Kind::note;
        } else if (name == kCentsColumn) {
          column.kind = Kind::cents;
        } else if (const auto place = number_of_unit_column(name)) {
          column.kind = Kind::value;
          column.dimension = *place;
        } else if (is_passed_over(name)) {
          column.kind = Kind::passed_over;
        } else {
          refuse_column(line, column.name);
        }
        for (const Column& other : columns_) {
          if (lower_case(other.name) == name)
            refuse_line(line, fmt::format("the column '{}' comes twice", name));
        }
      }
      columns_.push_back(std::move(column));
    }
    require_names(line);
    list_.is_in_units = tells_units();
  }

  [[nodiscard]] std::size_t count(Kind kind) const {
    return static_cast<std::size_t>(std::count_if(columns_.begin(), columns_.end(),
                                                  [&](const Column& column) { return column.kind == kind; }));
  }
  [[nodiscard]] std::size_t count(Kind kind, std::size_t dimension) const {
    return static_cast<std::size_t>(std::count_if(
        columns_.begin(), columns_.end(),
        [&](const Column& column) { return column.kind == kind && column.dimension == dimension; }));
  }
  /// Whether columns say standard numbers in their units.
  [[nodiscard]] bool tells_units() const { return count(Kind::value) + count(Kind::note) > 0; }
  [[nodiscard]] static bool tells_unit(const Column& column) {
    return column.kind == Kind::value || column.kind == Kind::note || column.kind == Kind::cents;
  }

  void require_names(std::size_t line) const {
    if (count(Kind::onset) == 0) {
      refuse_line(line, fmt::format("the column {} is missing: when each event begins", kOnset));
    }
    if (tells_units()) {
      if (count(Kind::note) + count(Kind::value, kPitchPlace) > 1)
        refuse_line(line, fmt::format("the columns {} and pitch_hz say the same", kNoteColumn));
      if (count(Kind::cents) > count(Kind::note))
        refuse_line(line, fmt::format("the column {} needs a column {}", kCentsColumn, kNoteColumn));
      return;
    }
    const std::size_t numbers = count(Kind::number);
    if (numbers != 0 && numbers != kEventVectorSize) {
      refuse_line(line, fmt::format("a vector has {} numbers, v0 to v{}, and here are columns for {}",
                                    kEventVectorSize, kEventVectorSize - 1, numbers));
    }
    if (numbers == 0 && count(Kind::vector) == 0) {
      refuse_line(
          line, "there are no vectors, neither v0 to v31 nor a column vector",
          "'ictus dump' prints them unless --no-vectors is given; or borrow them: piano.evs#12; or say "
          "what they are, in columns such as note and attack_s");
    }
  }

  /// Spreadsheets fill lines up with empty cells, and leave some of those at the end out.
  void require_cells(std::span<const std::string> cells, std::size_t line) const {
    while (cells.size() > columns_.size() && is_empty(cells.back())) cells = cells.first(cells.size() - 1);
    const auto can_be_left_out = [](const Column& column) {
      return column.kind == Kind::passed_over || column.kind == Kind::unnamed || tells_unit(column);
    };
    const bool is_whole = cells.size() <= columns_.size() &&
                          std::all_of(columns_.begin() + static_cast<std::ptrdiff_t>(cells.size()),
                                      columns_.end(), can_be_left_out);
    if (!is_whole) {
      refuse_line(
          line,
          fmt::format("has {} cells where the first line names {} columns", cells.size(), columns_.size()),
          cells.size() > columns_.size() ? hint_of_commas() : "");
    }
  }

  [[nodiscard]] std::string hint_of_commas() const {
    return separator_ != ','
               ? ""
               : "between commas decimals have a point, or stand in quotation marks; a spreadsheet "
                 "can save the list with semicolons or tabs instead";
  }

  [[noreturn]] void refuse_spoilt(std::string_view cell, std::size_t line) const {
    Place{line, columns_.front().name}.refuse(
        cell, columns_.front().kind == Kind::onset ? "is not a number" : "is no value",
        what_became_of_number(cell));
  }

  template <typename T>
  T take_number(std::string_view cell, const Place& place, double least, double most) {
    const std::optional<Numeral> numeral = compose::numeral(cell);
    const T value =
        number_of<T>(numeral ? std::string_view(numeral->digits) : cell, cell, place, least, most);
    if (numeral) decimal_signs_.add(numeral->written, place, cell);
    return value;
  }

  /// What the cells of a line say, before it is known whether it is whole.
  struct Line {
    ListedEvent event;
    Vector vector{};
    std::size_t numbers = 0;
    std::optional<BorrowedEvent> from;
    std::optional<int> key;
    std::optional<Place> key_place;
    double cents = 0.0;
  };

  void take_cell(Line& taken, std::string_view cell, const Column& column, const Place& place) {
    ListedEvent& event = taken.event;
    if (column.kind == Kind::onset) {
      event.onset_s = take_number<double>(cell, place, 0.0, kLatestOnsetS);
    } else if (cell.empty() || cell == "-" || column.kind == Kind::passed_over) {
      return;
    } else if (column.kind == Kind::gain) {
      event.gain_db = take_number<float>(cell, place, -kMostGainDb, kMostGainDb);
    } else if (column.kind == Kind::vector) {
      taken.from = borrowed(cell, place);
    } else if (column.kind == Kind::number) {
      taken.vector[column.dimension] = take_number<float>(cell, place, -1.0, 1.0);
      ++taken.numbers;
    } else if (column.kind == Kind::value) {
      const formats::StandardNumber& number = formats::kStandardNumbers[column.dimension];
      const float value = take_number<float>(cell, place, in_decimals(number.low), in_decimals(number.high));
      event.values.emplace_back(column.dimension, std::clamp(number.number_of(value), -1.0F, 1.0F));
    } else if (column.kind == Kind::note) {
      taken.key = notes::pitch_of(std::string(cell));
      taken.key_place = place;
      if (!taken.key) place.refuse(cell, "is no note", "a note is A4, C#3, Bb2 or a number from 0 to 127");
    } else if (column.kind == Kind::cents) {
      taken.cents = take_number<double>(cell, place, -1200.0, 1200.0);
    } else if (column.kind == Kind::unnamed ||
               cell.find_first_not_of("0123456789") != std::string_view::npos) {
      const std::string hint = hint_of_commas();
      place.refuse(cell, "stands in a column without a name", hint.empty() ? "empty the column" : hint);
    }
  }

  [[nodiscard]] ListedEvent event_of(std::span<const std::string> cells, std::size_t line) {
    Line taken;
    ListedEvent& event = taken.event;
    event.line = line;
    const bool in_units = tells_units();
    if (in_units) taken.vector = plain_vector();
    for (std::size_t i = 0; i < cells.size(); ++i) {
      take_cell(taken, trimmed(cells[i]), columns_[i], Place{line, columns_[i].name});
    }
    if (taken.key) {
      const auto number = pitch_number(*taken.key, taken.cents);
      if (!number)
        taken.key_place->refuse(notes::pitch_name(*taken.key), "lies beyond what an event can have",
                                "pitches go from 25 Hz to 10500 Hz, A0 to D#9");
      event.values.emplace_back(kPitchPlace, *number);
    }
    if (taken.from && taken.numbers > 0)
      refuse_line(line, "has numbers of its own and a borrowed vector", "leave one empty");
    if (!taken.from && !in_units && taken.numbers != kEventVectorSize) {
      refuse_line(line,
                  fmt::format("has {} numbers of a vector, which are {}", taken.numbers, kEventVectorSize));
    }
    if (in_units && !taken.from && !event.gain_db) event.gain_db = kPlainGainDb;
    if (!taken.from && !event.gain_db) refuse_line(line, fmt::format("has no {}", kGain));
    if (taken.from) {
      event.vector = std::move(*taken.from);
    } else {
      event.vector = taken.vector;
    }
    return std::move(event);
  }

  EventList& list_;
  char separator_;
  std::vector<Column> columns_;
  DecimalSigns decimal_signs_;
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
      if (!is_utf8(line)) refuse_line(line_, "is not in UTF-8", "save the list in UTF-8");
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
    event.onset_s = number<double>(object_[kOnset], {line_, kOnset}, 0.0, kLatestOnsetS);
    if (object_.contains(kGain) && !object_[kGain].is_null()) {
      event.gain_db = number<float>(object_[kGain], {line_, kGain}, -kMostGainDb, kMostGainDb);
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
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = number<float>(vector[i], place, -1.0, 1.0);
    event.vector = numbers;
    if (!event.gain_db) refuse_line(line_, fmt::format("has no {}", kGain));
    return event;
  }

  /// From the digits, of which 32-bit numbers are read more exactly than from a double.
  template <typename T>
  [[nodiscard]] static T number(const Json& value, const Place& place, double least, double most) {
    const std::string digits = value.dump();
    if (!value.is_number()) place.refuse(digits, "is not a number");
    return number_of<T>(digits, digits, place, least, most);
  }

  EventList& list_;
  std::size_t line_;
  Json object_;
};

// --- Both ------------------------------------------------------------------------------------------

/// "sep=;", with which a list tells Excel its separator, also filled up or quoted by another spreadsheet.
/// What stands between the columns is seen there.
bool states_separator(std::string_view line) {
  const std::string text = lower_case(line.starts_with('"') ? line.substr(1) : line);
  return text.starts_with("sep=") &&
         text.find_first_not_of("\",;\t ", std::min<std::size_t>(5, text.size())) == std::string::npos;
}

/// The first line that is neither empty nor a comment, as it stands and in cells.
struct Names {
  std::string_view line;
  std::vector<std::string> cells;
};

Names find_names(std::string_view text, char separator) {
  bool is_first = true;
  for (RecordReader reader(text); !reader.is_at_end();) {
    const std::string_view line = trimmed(reader.line());
    if (line.empty() || line.starts_with('#') || (is_first && states_separator(line))) {
      is_first = is_first && line.empty();
      reader.skip_line();
      continue;
    }
    is_first = false;
    const std::span<const std::string> cells = reader.read_record(separator);
    const auto first = std::find_if_not(cells.begin(), cells.end(), is_empty);
    if (first == cells.end() || trimmed(*first).starts_with('#')) continue;
    return {line, {cells.begin(), cells.end()}};
  }
  return {};
}

/// That between which the name of the one column that every list has stands alone, whatever else is in the
/// line.
char separator_of(std::string_view text) {
  std::string_view line;
  for (const char separator : {'\t', ';', ',', ' '}) {
    try {
      const Names names = find_names(text, separator);
      const auto is_onset = [](const std::string& cell) { return lower_case(trimmed(cell)) == kOnset; };
      if (std::any_of(names.cells.begin(), names.cells.end(), is_onset)) return separator;
      line = names.line;
    } catch (const Error&) {
      // Quotation marks that make no sense with this separator.
    }
  }
  for (const char separator : {'\t', ';', ','}) {
    if (line.find(separator) != std::string_view::npos) return separator;
  }
  return ' ';
}

void put_in_order(EventList& list) {
  const auto later = [](const ListedEvent& a, const ListedEvent& b) { return a.onset_s < b.onset_s; };
  const auto sorted_until = std::is_sorted_until(list.events.begin(), list.events.end(), later);
  if (sorted_until == list.events.end()) return;
  list.first_out_of_order = sorted_until->line;
  std::stable_sort(list.events.begin(), list.events.end(), later);
}

}  // namespace

EventList parse_event_list(std::string_view bytes) {
  std::string converted;
  const std::string_view text = utf8_text(bytes, converted);
  const char separator = separator_of(text);
  EventList list;
  TableParser table(list, separator);
  bool is_first = true;
  for (RecordReader reader(text); !reader.is_at_end();) {
    const std::size_t number = reader.line_number();
    const std::string_view line = trimmed(reader.line());
    std::optional<CutFact> cut;
    if (line.empty() || (is_first && states_separator(line))) {
      reader.skip_line();
    } else if (line.starts_with('#')) {
      table.require_comment(line, number);
      cut = take_comment(list.facts, line, number, separator);
      reader.skip_line();
    } else if (line.starts_with('{') && !table.has_names()) {
      ObjectParser(list, line, number).take();
      reader.skip_line();
    } else {
      const std::span<const std::string> cells = reader.read_record(separator);
      const auto first = std::find_if_not(cells.begin(), cells.end(), is_empty);
      if (first == cells.end()) continue;
      if (trimmed(*first).starts_with('#')) {
        table.require_comment({first, cells.end()}, number);
        cut = take_comment(list.facts, cells, number);
      } else {
        table.push(cells, number);
      }
    }
    is_first = is_first && line.empty();
    if (cut) list.cut_facts.push_back(std::move(*cut));
  }
  table.finish();
  put_in_order(list);
  return list;
}

}  // namespace ictus::compose
