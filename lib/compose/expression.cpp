#include "lib/compose/expression.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "formats/number_names.hpp"
#include "lib/compose/standard_places.hpp"
#include "lib/core/pitch.hpp"
#include "lib/notes/note_name.hpp"

namespace ictus::compose {
namespace {

using Value = std::function<double(const FactValues&)>;

constexpr std::pair<std::string_view, Fact> kNames[] = {
    {"event", Fact::event},           {"time", Fact::time},         {"gain", Fact::gain},
    {"duration", Fact::duration},     {"loudness", Fact::loudness}, {"pitch", Fact::pitch},
    {"brightness", Fact::brightness}, {"decay", Fact::decay}};

constexpr std::pair<std::string_view, double> kUnits[] = {{"ms", 1e-3}, {"s", 1.0},   {"min", 60.0},
                                                          {"Hz", 1.0},  {"kHz", 1e3}, {"dB", 1.0}};

std::string known_names() {
  std::string names =
      "known are event, time, gain, note, v0 to v31, duration, loudness, pitch, brightness, decay";
  for (const formats::StandardNumber& number : formats::kStandardNumbers)
    if (number.name != "pitch" && number.name != "decay") names += fmt::format(", {}", number.name);
  return names + ", and notes such as A4";
}

/// More would overflow the stack of the parser.
constexpr int kDeepest = 200;

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '#'; }

template <typename T>
std::optional<T> whole(std::string_view text) {
  T value{};
  const auto [stopped, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || stopped != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "v12" as its index in FactValues.
std::optional<std::size_t> number_of_vector(std::string_view word) {
  if (word.size() < 2 || word[0] != 'v') return std::nullopt;
  const auto number = whole<unsigned>(word.substr(1));
  if (!number || *number >= kEventVectorSize || (word.size() > 2 && word[1] == '0')) return std::nullopt;
  return index_of(Fact::first_number) + *number;
}

/// A part of an expression; a truth is 1 or 0.
struct Part {
  Value value;
  bool is_truth;
  std::size_t position;
};

/// One function for each strength of binding, weakest first.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Part parse() {
    Part all = either();
    skip_spaces();
    if (at_ < text_.size()) {
      throw ExpressionError(fmt::format("'{}' is not expected here", text_[at_]), at_);
    }
    if (!all.is_truth) {
      throw ExpressionError("this is a number, and a condition is asked for, such as gain > -30",
                            all.position);
    }
    return all;
  }

  [[nodiscard]] bool asks_for_heard() const { return asks_for_heard_; }
  [[nodiscard]] const std::set<std::size_t>& standard_numbers() const { return standard_numbers_; }

 private:
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }

  bool take(std::string_view token) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }

  static void require(const Part& part, bool is_truth) {
    if (part.is_truth == is_truth) return;
    throw ExpressionError(is_truth ? "this is a number, and a condition is needed here"
                                   : "this is a condition, and a number is needed here",
                          part.position);
  }

  Part either() {
    return joined("||", true, [this] { return both(); });
  }

  Part both() {
    return joined("&&", false, [this] { return inverse(); });
  }

  /// Conditions between which `token` stands: one that is `decisive` decides, whatever the others are.
  template <typename Next>
  Part joined(std::string_view token, bool decisive, Next next) {
    Part left = next();
    while (take(token)) {
      Part right = next();
      require(left, true);
      require(right, true);
      left.value = [decisive, a = left.value, b = right.value](const FactValues& v) {
        return ((a(v) != 0.0) == decisive ? decisive : b(v) != 0.0) ? 1.0 : 0.0;
      };
    }
    return left;
  }

  Part inverse() {
    skip_spaces();
    const std::size_t position = at_;
    if (text_.substr(at_).starts_with("!=") || !take("!")) return comparison();
    const Deeper deeper(*this);
    Part part = inverse();
    require(part, true);
    return {[a = part.value](const FactValues& v) { return a(v) == 0.0 ? 1.0 : 0.0; }, true, position};
  }

  Part comparison() {
    Part left = sum();
    const auto relation = take_relation();
    if (!relation) return left;
    Part right = sum();
    require(left, false);
    require(right, false);
    skip_spaces();
    const std::size_t position = at_;
    if (take_relation()) {
      throw ExpressionError("comparisons are joined with &&, as in 1 < time && time < 3", position);
    }
    return {[compare = *relation, a = left.value, b = right.value](const FactValues& v) {
              return compare(a(v), b(v)) ? 1.0 : 0.0;
            },
            true, left.position};
  }

  using Relation = bool (*)(double, double);
  std::optional<Relation> take_relation() {
    if (take("<=")) return [](double a, double b) { return a <= b; };
    if (take(">=")) return [](double a, double b) { return a >= b; };
    if (take("==")) return [](double a, double b) { return a == b; };
    if (take("!=")) return [](double a, double b) { return a != b; };
    if (take("<")) return [](double a, double b) { return a < b; };
    if (take(">")) return [](double a, double b) { return a > b; };
    skip_spaces();
    if (text_.substr(at_).starts_with("=")) throw ExpressionError("equality is written ==", at_);
    return std::nullopt;
  }

  Part sum() {
    Part left = product();
    while (true) {
      const bool adds = take("+");
      if (!adds && !take("-")) return left;
      const Part right = product();
      require(left, false);
      require(right, false);
      left.value = [adds, a = left.value, b = right.value](const FactValues& v) {
        return adds ? a(v) + b(v) : a(v) - b(v);
      };
    }
  }

  Part product() {
    Part left = signed_one();
    while (true) {
      const char kind = take("*") ? '*' : take("/") ? '/' : take("%") ? '%' : ' ';
      if (kind == ' ') return left;
      const Part right = signed_one();
      require(left, false);
      require(right, false);
      left.value = [kind, a = left.value, b = right.value](const FactValues& v) {
        if (kind == '*') return a(v) * b(v);
        return kind == '/' ? a(v) / b(v) : std::fmod(a(v), b(v));
      };
    }
  }

  Part signed_one() {
    skip_spaces();
    const std::size_t position = at_;
    if (!take("-")) return single();
    const Deeper deeper(*this);
    Part part = signed_one();
    require(part, false);
    return {[a = part.value](const FactValues& v) { return -a(v); }, false, position};
  }

  Part single() {
    skip_spaces();
    const std::size_t position = at_;
    if (take("(")) {
      const Deeper deeper(*this);
      Part part = either();
      if (!take(")")) throw ExpressionError("a ')' is missing here", at_);
      part.position = position;
      return part;
    }
    if (at_ == text_.size()) throw ExpressionError("something is missing here", at_);
    const char first = text_[at_];
    if (std::isdigit(static_cast<unsigned char>(first)) != 0 || first == '.') return number();
    if (std::isalpha(static_cast<unsigned char>(first)) != 0) return name();
    if (first == '&' || first == '|') throw ExpressionError("conditions are joined with && or ||", at_);
    throw ExpressionError(fmt::format("'{}' is not expected here", first), at_);
  }

  Part number() {
    const std::size_t position = at_;
    double amount = 0.0;
    const auto [stopped, failure] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), amount);
    if (failure != std::errc{}) throw ExpressionError("this is no number", position);
    at_ = static_cast<std::size_t>(stopped - text_.data());
    const std::size_t unit_at = at_;
    const std::string_view unit = take_word();
    if (!unit.empty()) {
      const auto* const known = std::find_if(std::begin(kUnits), std::end(kUnits),
                                             [&](const auto& one) { return one.first == unit; });
      if (known == std::end(kUnits)) {
        throw ExpressionError(fmt::format("'{}' is no unit; units are ms, s, min, Hz, kHz and dB", unit),
                              unit_at);
      }
      amount *= known->second;
    }
    return {[amount](const FactValues&) { return amount; }, false, position};
  }

  /// The value that a standard number stands for.
  static Value standard(std::size_t place) {
    return [place](const FactValues& v) {
      return static_cast<double>(formats::kStandardNumbers[place].value_of(
          static_cast<float>(v[index_of(Fact::first_number) + place])));
    };
  }

  Part name() {
    const std::size_t position = at_;
    const std::string_view word = take_word();
    std::optional<std::size_t> index = number_of_vector(word);
    for (const auto& [known, fact] : kNames) {
      if (known == word) index = index_of(fact);
    }
    if (index) {
      if (*index >= index_of(Fact::duration) && *index < index_of(Fact::first_number)) asks_for_heard_ = true;
      return {[i = *index](const FactValues& v) { return v[i]; }, false, position};
    }
    if (const auto pitch = notes::pitch_of(std::string(word))) {
      const double hz = hz_of_key(*pitch);
      return {[hz](const FactValues&) { return hz; }, false, position};
    }
    if (word == "note") {
      standard_numbers_.insert({kPitchPlace, kBalancePlace});
      return {[hz = standard(kPitchPlace), balance = standard(kBalancePlace)](const FactValues& v) {
                return balance(v) < kLeastTonalDb ? 0.0 : hz(v);
              },
              false, position};
    }
    if (const auto place = formats::standard_place(word)) {
      standard_numbers_.insert(*place);
      return {standard(*place), false, position};
    }
    throw ExpressionError(fmt::format("there is nothing called '{}'; {}", word, known_names()), position);
  }

  std::string_view take_word() {
    const std::size_t from = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }

  /// Counts how deep parentheses and signs are nested.
  struct Deeper {
    explicit Deeper(Parser& parser_) : parser(parser_) {
      if (++parser.depth_ > kDeepest) throw ExpressionError("this is nested too deeply", parser.at_);
    }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    ~Deeper() { --parser.depth_; }
    Parser& parser;
  };

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool asks_for_heard_ = false;
  std::set<std::size_t> standard_numbers_;
};

}  // namespace

FactValues values_of(const Event& event, std::uint64_t index, std::uint32_t sample_rate_hz) {
  FactValues values{};
  values[index_of(Fact::event)] = static_cast<double>(index);
  values[index_of(Fact::time)] = static_cast<double>(event.onset_samples) / sample_rate_hz;
  values[index_of(Fact::gain)] = static_cast<double>(event.gain_db);
  std::copy(event.vector.begin(), event.vector.end(), values.begin() + index_of(Fact::first_number));
  return values;
}

Expression::Expression(std::string_view text) {
  Parser parser(text);
  value_ = parser.parse().value;
  asks_for_heard_ = parser.asks_for_heard();
  standard_numbers_ = parser.standard_numbers();
}

}  // namespace ictus::compose
