#include "lib/compose/list_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

using Json = nlohmann::json;
using formats::EventCoding;
using formats::Precision;

std::string text_of(const Json& value) {
  // A value has one line; what is not UTF-8, which no stream holds, would be replaced.
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

constexpr std::pair<const char*, Precision> kPrecisions[] = {{"float32", Precision::float32},
                                                             {"coded", Precision::coded}};

const char* name_of(Precision precision) {
  for (const auto& [name, value] : kPrecisions) {
    if (value == precision) return name;
  }
  return "";
}

[[noreturn]] void refuse(std::string_view expected) { throw Error(fmt::format("is not {}", expected)); }

template <typename T>
T whole(const Json& value, std::uint64_t least, std::uint64_t most) {
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() < least ||
      value.get<std::uint64_t>() > most) {
    refuse(fmt::format("a whole number from {} to {}", least, most));
  }
  return static_cast<T>(value.get<std::uint64_t>());
}

std::string text(const Json& value) {
  if (!value.is_string()) refuse("a text");
  return value.get<std::string>();
}

formats::WeightsHash hash(const Json& value) {
  constexpr const char* kDigits = "0123456789abcdef";
  const std::string digits = text(value);
  formats::WeightsHash result{};
  if (digits.size() != 2 * result.size() || digits.find_first_not_of(kDigits) != std::string::npos) {
    refuse("32 hexadecimal digits");
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = static_cast<std::uint8_t>(std::stoi(digits.substr(2 * i, 2), nullptr, 16));
  }
  return result;
}

EventCoding& coding_in(ListFacts& facts) {
  if (!facts.coding) facts.coding.emplace();
  return *facts.coding;
}

void take_gain_step(EventCoding& coding, const Json& value) {
  const double centibels = value.is_number() ? 10.0 * value.get<double>() : 0.0;
  if (!(centibels >= 0.5 && centibels < 100.5)) refuse("a number from 0.1 to 10");
  coding.gain_step_centibels = static_cast<int>(std::lround(centibels));
}

void take_tags(ListFacts& facts, const Json& value) {
  if (!value.is_array()) refuse("a list of texts FIELD=VALUE");
  for (const Json& one : value) {
    const std::string tag = one.is_string() ? one.get<std::string>() : std::string();
    const std::size_t equals = tag.find('=');
    if (equals == std::string::npos || equals == 0) refuse("a list of texts FIELD=VALUE");
    facts.tags.emplace_back(tag.substr(0, equals), tag.substr(equals + 1));
  }
}

/// "pitch Hz 25 10500 ratio 2093 steps": its name and unit, its range, and how many values it has in a file.
/// Of a number without a name only the last.
Json numbers_of(const formats::EventStreamHeader& header) {
  const bool has_steps = header.coding.precision == Precision::coded;
  const formats::VectorSteps& steps = header.coding.vector_steps;
  // Those behind it have as many steps as the last that is listed.
  std::size_t count = header.names.size();
  if (has_steps) {
    count = steps.size();
    while (count > std::max<std::size_t>(header.names.size(), 1) && steps[count - 2] == steps[count - 1]) {
      --count;
    }
  }
  Json numbers = Json::array();
  for (std::size_t d = 0; d < count; ++d) {
    std::string text;
    if (d < header.names.size()) {
      const formats::NumberName& number = header.names[d];
      text = fmt::format("{} {}{}{} {}{}", number.name, number.unit, number.unit.empty() ? "" : " ",
                         number.low, number.high, number.is_ratio ? " ratio" : "");
    }
    if (has_steps) text += fmt::format("{}{} steps", text.empty() ? "" : " ", steps[d]);
    numbers.push_back(text);
  }
  return numbers;
}

/// Takes the last word off the end of a text.
std::string_view take_word(std::string_view& text) {
  const std::size_t space = text.rfind(' ');
  const std::string_view word = space == std::string_view::npos ? text : text.substr(space + 1);
  text = space == std::string_view::npos ? std::string_view() : text.substr(0, space);
  return word;
}

constexpr const char* kNumberForm =
    "a list of texts such as \"pitch Hz 25 10500 ratio 2093 steps\" or \"31 steps\", at most 32 in all";

template <typename T>
T value_in(std::string_view word) {
  T value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) refuse(kNumberForm);
  return value;
}

/// Takes one text of numbers_of(): the steps, or nothing, and the name in front of them, if there is one.
std::optional<std::uint16_t> take_number(std::vector<formats::NumberName>& names, std::string_view text) {
  std::optional<std::uint16_t> steps;
  if (text.ends_with(" steps")) {
    (void)take_word(text);
    steps = value_in<std::uint16_t>(take_word(text));
    if (*steps < 1 || *steps > formats::kMostVectorSteps) {
      refuse(fmt::format("a number of steps from 1 to {}", formats::kMostVectorSteps));
    }
  }
  if (text.empty() && steps) return steps;
  formats::NumberName number;
  number.is_ratio = text.ends_with(" ratio");
  if (number.is_ratio) (void)take_word(text);
  number.high = value_in<float>(take_word(text));
  number.low = value_in<float>(take_word(text));
  const std::size_t space = std::min(text.find(' '), text.size());
  number.name = text.substr(0, space);
  number.unit = text.substr(std::min(space + 1, text.size()));
  names.push_back(std::move(number));
  return steps;
}

void take_numbers(ListFacts& facts, const Json& value) {
  if (!value.is_array()) refuse(kNumberForm);
  if (!facts.names) facts.names.emplace();
  for (const Json& one : value) {
    if (!one.is_string() || facts.listed_numbers == kEventVectorSize) refuse(kNumberForm);
    const std::size_t named = facts.names->size();
    const auto steps = take_number(*facts.names, one.get_ref<const std::string&>());
    if (named < facts.listed_numbers && facts.names->size() > named) {
      refuse("a list in which the numbers that have names stand first");
    }
    if (const std::string what = formats::complaint(*facts.names); !what.empty()) {
      refuse(fmt::format("a list of numbers that a stream can hold: {}", what));
    }
    if (steps) {
      formats::VectorSteps& all = coding_in(facts).vector_steps;
      std::fill(all.begin() + static_cast<std::ptrdiff_t>(facts.listed_numbers), all.end(), *steps);
    }
    ++facts.listed_numbers;
  }
}

Precision precision(const Json& value) {
  for (const auto& [name, known] : kPrecisions) {
    if (value == name) return known;
  }
  refuse("coded or float32");
}

using Take = std::function<void(ListFacts&, const Json&)>;

const std::vector<std::pair<std::string_view, Take>>& takers() {
  constexpr std::uint64_t kMost32 = std::numeric_limits<std::uint32_t>::max();
  static const std::vector<std::pair<std::string_view, Take>> all = {
      {"model_id", [](ListFacts& f, const Json& v) { f.model_id = text(v); }},
      {"weights_hash", [](ListFacts& f, const Json& v) { f.weights_hash = hash(v); }},
      {"sample_rate_hz",
       [](ListFacts& f, const Json& v) { f.sample_rate_hz = whole<std::uint32_t>(v, 1, kMost32); }},
      {"original_sample_rate_hz",
       [](ListFacts& f, const Json& v) { f.original_sample_rate_hz = whole<std::uint32_t>(v, 1, kMost32); }},
      {"original_channels",
       [](ListFacts& f, const Json& v) { f.original_channels = whole<std::uint16_t>(v, 1, 65535); }},
      {"channels", [](ListFacts& f, const Json& v) { f.channels = whole<std::uint16_t>(v, 1, 2); }},
      {"precision", [](ListFacts& f, const Json& v) { coding_in(f).precision = precision(v); }},
      {"gain_step_db", [](ListFacts& f, const Json& v) { take_gain_step(coding_in(f), v); }},
      {"onset_step_samples",
       [](ListFacts& f, const Json& v) { coding_in(f).onset_step_samples = whole<int>(v, 1, 65535); }},
      {"numbers", take_numbers},
      {"tags", take_tags},
      {"samples",
       [](ListFacts& f, const Json& v) { f.samples = whole<std::uint64_t>(v, 0, formats::kMaxPosition); }},
      {"original_samples",
       [](ListFacts& f, const Json& v) {
         f.original_samples = whole<std::uint64_t>(v, 0, formats::kMaxPosition);
       }},
  };
  return all;
}

}  // namespace

std::vector<FactLine> facts_of(const formats::EventStreamHeader& header) {
  const EventCoding& coding = header.coding;
  std::vector<FactLine> facts = {
      {"model_id", text_of(header.model_id)},
      {"weights_hash", text_of(formats::hexadecimal(header.weights_hash))},
      {"sample_rate_hz", text_of(header.sample_rate_hz)},
      {"original_sample_rate_hz", text_of(header.original_sample_rate_hz)},
      {"original_channels", text_of(header.original_channels)},
      {"channels", text_of(header.channels)},
      {"precision", text_of(name_of(coding.precision))},
  };
  if (coding.precision == Precision::coded) {
    facts.emplace_back("gain_step_db", text_of(coding.gain_step_centibels / 10.0));
    facts.emplace_back("onset_step_samples", text_of(coding.onset_step_samples));
  }
  if (const Json numbers = numbers_of(header); !numbers.empty()) {
    facts.emplace_back("numbers", text_of(numbers));
  }
  if (!header.tags.empty()) {
    Json tags = Json::array();
    for (const auto& [field, value] : header.tags) tags.push_back(fmt::format("{}={}", field, value));
    facts.emplace_back("tags", text_of(tags));
  }
  return facts;
}

std::vector<FactLine> facts_of(const formats::EventStreamTotals& totals) {
  return {{"samples", text_of(totals.length_samples)},
          {"original_samples", text_of(totals.original_length_samples)}};
}

std::vector<FactLine> for_table(const std::vector<FactLine>& facts) {
  std::vector<FactLine> lines;
  const auto add = [&](const std::string& name, const Json& value) {
    std::string text;
    // Here these stand in texts alone, where JSON can spell every letter.
    for (const char c : value.dump(-1, ' ', true)) {
      if (c == ',' || c == ';') {
        text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      } else {
        text += c;
      }
    }
    lines.emplace_back(name, text);
  };
  for (const auto& [name, text] : facts) {
    const Json value = Json::parse(text);
    if (!value.is_array()) {
      add(name, value);
      continue;
    }
    for (const Json& one : value) add(name, Json::array({one}));
  }
  return lines;
}

bool is_fact(std::string_view name) {
  return std::any_of(takers().begin(), takers().end(),
                     [&](const auto& taker) { return taker.first == name; });
}

bool take_fact(ListFacts& facts, std::string_view name, std::string_view json_value) {
  for (const auto& [known, take] : takers()) {
    if (known != name) continue;
    const Json value = Json::parse(json_value, nullptr, false);
    if (value.is_discarded()) refuse("a value as JSON writes it, such as 22050 or \"events-1\"");
    take(facts, value);
    return true;
  }
  return false;
}

}  // namespace ictus::compose
