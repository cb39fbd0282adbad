#include "apps/options/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "apps/options/parse.hpp"
#include "apps/options/suggest.hpp"
#include "lib/audio/rates.hpp"
#include "lib/core/utf8.hpp"
#include "lib/notes/note_name.hpp"
#include "lib/notes/score.hpp"

namespace ictus::options {
namespace {

template <typename T>
std::optional<T> number(const std::string& text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// "3,5..7" as 3, 5, 6, 7, each once, in ascending order; `read` reads one number.
template <typename Read>
std::vector<int> list_of(const std::string& value, Read read) {
  std::set<int> all;
  for (const std::string& part : split(value, ',')) {
    const std::size_t dots = part.find("..");
    const int first = read(part.substr(0, dots));
    const int last = dots == std::string::npos ? first : read(part.substr(dots + 2));
    for (int i = std::min(first, last); i <= std::max(first, last); ++i) all.insert(i);
  }
  return {all.begin(), all.end()};
}

using Unit = std::pair<std::string_view, double>;

constexpr Unit kTimeUnits[] = {{"ms", 1e-3}, {"min", 60.0}, {"s", 1.0}};
constexpr Unit kLevelUnits[] = {{"dB", 1.0}};
constexpr Unit kIntervalUnits[] = {{"st", 1.0}, {"ct", 0.01}};
constexpr Unit kRateUnits[] = {{"Hz", 1.0}};
constexpr double kMostSemitones = 120.0;

/// Pitch classes from the tonic on.
constexpr std::pair<std::string_view, std::string_view> kModes[] = {
    {"major", "101011010101"},    {"ionian", "101011010101"},     {"dorian", "101101010110"},
    {"phrygian", "110101011010"}, {"lydian", "101010110101"},     {"mixolydian", "101011010110"},
    {"minor", "101101011010"},    {"aeolian", "101101011010"},    {"locrian", "110101101010"},
    {"harmonic", "101101011001"}, {"melodic", "101101010101"},    {"pentatonic", "101010010100"},
    {"blues", "100101110010"},    {"whole-tone", "101010101010"}, {"chromatic", "111111111111"}};

/// A year.
constexpr double kLongestS = 366.0 * 24 * 3600;

/// A number followed by nothing or by one of the units; times what the unit stands for.
std::optional<double> with_unit(const std::string& text, std::span<const Unit> units) {
  double scale = 1.0;
  std::string_view digits = text;
  for (const auto& [unit, factor] : units) {
    if (!digits.ends_with(unit)) continue;
    digits.remove_suffix(unit.size());
    scale = factor;
    break;
  }
  while (digits.ends_with(' ')) digits.remove_suffix(1);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const auto result = number<double>(std::string(digits));
  if (!result || !std::isfinite(*result)) return std::nullopt;
  return *result * scale;
}

/// What a number with a unit is called, what one looks like, and how far it may be from 0, in words too.
struct Quantity {
  std::span<const Unit> units;
  const char* called;
  const char* form;
  double most;
  std::string limits;
};

double quantity(const std::string& option, const std::string& value, const Quantity& kind) {
  const auto result = with_unit(value, kind.units);
  if (!result) throw UsageError(fmt::format("{}: '{}' is no {}", option, value, kind.called), kind.form);
  if (std::abs(*result) > kind.most)
    throw UsageError(fmt::format("{}: {} is out of range", option, value), kind.limits);
  return *result;
}

/// How many columns of a terminal the text takes up to a byte of it: characters, of which UTF-8 has some in
/// several bytes.
std::size_t columns_before(const std::string& text, std::size_t position) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(position, text.size())),
                    [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

long long whole_number(const std::string& option, const std::string& value, long long least, long long most) {
  const auto result = number<long long>(value);
  if (!result) throw UsageError(fmt::format("{}: '{}' is not a whole number", option, value));
  if (*result < least || *result > most) {
    throw UsageError(fmt::format("{}: {} is out of range", option, value),
                     fmt::format("{} takes {} to {}.", option, least, most));
  }
  return *result;
}

double number_within(const std::string& option, const std::string& value, double least, double most) {
  const auto result = number<double>(value);
  if (!result || !std::isfinite(*result))
    throw UsageError(fmt::format("{}: '{}' is not a number", option, value));
  if (*result < least || *result > most) {
    throw UsageError(fmt::format("{}: {} is out of range", option, value),
                     fmt::format("{} takes {} to {}.", option, least, most));
  }
  return *result;
}

std::vector<std::string> word_list(const std::string& option, const std::string& value) {
  std::vector<std::string> words;
  if (value == "any") return words;
  for (const std::string& word : split(value, ',')) {
    if (word.empty()) throw UsageError(fmt::format("{}: '{}' holds an empty name", option, value));
    if (std::find(words.begin(), words.end(), word) != words.end())
      throw UsageError(fmt::format("{}: '{}' comes twice", option, word));
    words.push_back(word);
  }
  return words;
}

std::vector<int> pitch_list(const std::string& option, const std::string& value) {
  return list_of(value, [&](const std::string& word) {
    const std::optional<int> pitch = notes::pitch_of(word);
    if (!pitch)
      throw UsageError(
          fmt::format("{}: '{}' is no pitch", option, word),
          "A pitch is a name such as A4, C#3 or Bb2, or a MIDI number from 0 to 127; C3..C5 is a range.");
    return *pitch;
  });
}

std::vector<int> number_list(const std::string& option, const std::string& value, int least, int most) {
  return list_of(value, [&](const std::string& word) {
    return static_cast<int>(whole_number(option, word, least, most));
  });
}

EventChoice event_choice(const std::string& option, const std::string& value) {
  constexpr long long kMost = 1'000'000'000'000;
  EventChoice choice;
  for (const std::string& part : split(value, ',')) {
    const std::size_t dots = part.find("..");
    const long long first = whole_number(option, part.substr(0, dots), 0, kMost);
    const long long last =
        dots == std::string::npos ? first : whole_number(option, part.substr(dots + 2), 0, kMost);
    choice.ranges.push_back({static_cast<unsigned long long>(std::min(first, last)),
                             static_cast<unsigned long long>(std::max(first, last))});
  }
  return choice;
}

double seconds(const std::string& option, const std::string& value) {
  return quantity(
      option, value,
      {kTimeUnits, "time", "A time is a number of seconds, or has a unit: 1.5, 1.5s, 200ms, 2min.", kLongestS,
       "A time is at most a year."});
}

double non_negative_seconds(const std::string& option, const std::string& value) {
  const double result = seconds(option, value);
  if (result < 0.0) throw UsageError(fmt::format("{}: {} is negative", option, value));
  return result;
}

double semitones(const std::string& option, const std::string& value) {
  return quantity(
      option, value,
      {kIntervalUnits, "interval",
       "An interval is a number of semitones, or has a unit: 12, -5st, 30ct for cents.", kMostSemitones,
       fmt::format("{} takes {} to {} semitones.", option, -kMostSemitones, kMostSemitones)});
}

compose::Scale scale(const std::string& option, const std::string& value) {
  const std::size_t space = value.rfind(' ');
  const std::string mode = space == std::string::npos ? value : value.substr(space + 1);
  const std::string tonic = space == std::string::npos ? "" : value.substr(0, space);
  // The name of a pitch class; a number would be one of MIDI.
  const auto key_of = [](const std::string& name) {
    return name.find_first_of("0123456789-") == std::string::npos && !name.empty()
               ? notes::pitch_of(name + "4")
               : std::nullopt;
  };
  const auto* const known =
      std::find_if(std::begin(kModes), std::end(kModes), [&](const auto& one) { return one.first == mode; });
  const bool is_tonic_alone = space == std::string::npos && key_of(value);
  if (known == std::end(kModes) && !is_tonic_alone) {
    std::vector<const char*> names;
    for (const auto& [name, degrees] : kModes) names.push_back(name.data());
    refuse_choice(option, mode, names);
  }
  const auto key = key_of(tonic);
  if (is_tonic_alone || (!key && !(tonic.empty() && mode == "chromatic")))
    throw UsageError(fmt::format("{}: '{}' is no scale", option, value),
                     "A scale is a tonic and a mode: 'D dorian', 'Bb minor', 'F# pentatonic'.");
  compose::Scale in_tune{};
  for (std::size_t degree = 0; degree < in_tune.size(); ++degree)
    in_tune[(degree + static_cast<std::size_t>(key.value_or(0))) % 12] = known->second[degree] == '1';
  return in_tune;
}

Bend glide(const std::string& option, const std::string& value) {
  const std::size_t at = value.find('@');
  Bend bend{semitones(option, value.substr(0, at)), {}};
  if (at != std::string::npos) bend.seconds_or_hz = non_negative_seconds(option, value.substr(at + 1));
  return bend;
}

Bend vibrato(const std::string& option, const std::string& value) {
  const std::size_t at = value.find('@');
  Bend bend{semitones(option, value.substr(0, at)), {}};
  if (bend.semitones < 0.0) throw UsageError(fmt::format("{}: {} is negative", option, value));
  if (at == std::string::npos) return bend;
  bend.seconds_or_hz = with_unit(value.substr(at + 1), kRateUnits);
  if (!bend.seconds_or_hz || *bend.seconds_or_hz <= 0.0)
    throw UsageError(fmt::format("{}: '{}' is no vibrato", option, value),
                     "A vibrato is an interval to either side and how often it swings: 30ct@5.5Hz.");
  return bend;
}

Shard shard(const std::string& option, const std::string& value) {
  constexpr long long kMostWorkers = 1000000;
  if (value == "auto") return {.number = 0, .count = 0};
  const std::size_t slash = value.find('/');
  if (slash == std::string::npos) {
    throw UsageError(fmt::format("{}: '{}' is no part of the inputs", option, value),
                     "A part is I/N, such as 3/16, or auto.");
  }
  const long long count = whole_number(option + " (N)", value.substr(slash + 1), 1, kMostWorkers);
  const long long number = whole_number(option + " (I)", value.substr(0, slash), 1, count);
  return {.number = static_cast<int>(number), .count = static_cast<int>(count)};
}

Duration duration(const std::string& option, const std::string& value) {
  if (!value.ends_with('x')) {
    const double time_s = seconds(option, value);
    if (time_s <= 0.0) throw UsageError(fmt::format("{}: {} is no time above 0", option, value));
    return {false, time_s};
  }
  return {true, number_within(option, value.substr(0, value.size() - 1), 0.001, 1000.0)};
}

double grid(const std::string& option, const std::string& value) {
  const auto refuse = [&] {
    throw UsageError(fmt::format("{}: '{}' is no grid", option, value),
                     "A grid is a note and a tempo in quarters, or a time: 1/16@96bpm, 1/8@120, 250ms.");
  };
  const std::size_t at = value.find('@');
  double step_s = 0.0;
  if (at == std::string::npos) {
    step_s = seconds(option, value);
  } else {
    const std::string note = value.substr(0, at);
    const std::size_t slash = note.find('/');
    const auto above = number<double>(note.substr(0, slash));
    const auto below = slash == std::string::npos ? 1.0 : number<double>(note.substr(slash + 1));
    constexpr Unit kTempoUnits[] = {{"bpm", 1.0}};
    const auto tempo = with_unit(value.substr(at + 1), kTempoUnits);
    if (!above || !below || !tempo || !(*below > 0.0) || !(*tempo > 0.0)) refuse();
    step_s = *above / *below * 4.0 * 60.0 / *tempo;
  }
  constexpr double kShortestS = 0.005;
  if (!(step_s >= kShortestS && step_s <= 3600.0))
    throw UsageError(fmt::format("{}: {} is out of range", option, value),
                     "From beat to beat it is 5 ms to an hour.");
  return step_s;
}

double decibels(const std::string& option, const std::string& value) {
  const double level_db = quantity(option, value,
                                   {kLevelUnits, "level", "A level is in decibels: -6dB or -6.", 200.0,
                                    fmt::format("{} takes -200dB to 200dB.", option)});
  return std::round(10.0 * level_db) / 10.0;
}

Until until(const std::string& option, const std::string& value) {
  const auto refuse = [&](const std::string& what) {
    throw UsageError(
        fmt::format("{}: {}", option, what),
        "For example: --until left=-20dB, --until distance=3dB or --until events=32,left=-30dB.");
  };
  Until made;
  for (const std::string& word : split(value, ',')) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const std::string amount = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (name == "left") {
      made.left_db = decibels(option, amount);
      if (*made.left_db >= 0.0) refuse("what is left is below the sound, so less than 0 dB");
    } else if (name == "distance") {
      made.distance_db = decibels(option, amount);
      if (*made.distance_db <= 0.0) refuse("a distance is more than 0 dB");
    } else if (name == "events") {
      made.events = static_cast<double>(whole_number(option, amount, 1, 1000000000));
    } else {
      refuse(fmt::format("'{}' is none of left, distance and events", name));
    }
  }
  return made;
}

MorphOptions morph(const std::string& option, const std::string& value) {
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    throw UsageError(fmt::format("{}: '{}' does not name a stream and an amount", option, value),
                     "For example: --morph other.evs:0.5; 0 changes nothing, 1 goes all the way.");
  }
  return {value.substr(0, colon), number_within(option, value.substr(colon + 1), 0.0, 1.0)};
}

MixPart mix_part(const std::string& word) {
  MixPart part;
  std::string rest = word;
  if (const std::size_t at = rest.rfind('@'); at != std::string::npos && at > 0) {
    const std::string offset = rest.substr(at + 1);
    if (with_unit(offset, kTimeUnits)) {
      part.offset_s = seconds("the offset of " + word, offset);
      if (part.offset_s < 0.0) {
        throw UsageError(
            fmt::format("'{}' would begin before the start", word),
            "Offsets are not negative; move the others instead, or cut it with 'ictus vary --shift'.");
      }
      rest.resize(at);
    }
  }
  if (const std::size_t equals = rest.rfind('='); equals != std::string::npos && equals > 0) {
    const std::string gain = rest.substr(equals + 1);
    if (with_unit(gain, kLevelUnits)) {
      part.gain_db = decibels("the gain of " + word, gain);
      rest.resize(equals);
    }
  }
  part.path = non_empty("the input", rest);
  return part;
}

Instrument instrument(const std::string& option, const std::string& value) {
  Instrument result;
  std::string rest = value;
  const std::size_t equals = value.find('=');
  const std::string who = value.substr(0, equals);
  const bool names_channels = equals != std::string::npos && !who.empty() &&
                              (who == "drums" || who.find_first_not_of("0123456789,.") == std::string::npos);
  if (names_channels) {
    result.channels = who == "drums" ? std::vector<int>{notes::kDrumChannel + 1}
                                     : number_list(option + " (channels)", who, 1, 16);
    rest = value.substr(equals + 1);
  }
  const std::size_t mark = rest.rfind('#');
  if (mark != std::string::npos && mark > 0) {
    if (const auto event = number<unsigned long long>(rest.substr(mark + 1))) {
      result.event = *event;
      rest.resize(mark);
    }
  }
  if (rest.empty())
    throw UsageError(fmt::format("{}: '{}' names no sound", option, value),
                     "An instrument is an event stream, an event of one, or a recording: piano.evs, "
                     "1=flute.evs#12, drums=kit.wav.");
  result.path = rest;
  return result;
}

PictureSize picture_size(const std::string& option, const std::string& value) {
  const std::size_t cross = value.find('x');
  if (cross == std::string::npos) {
    throw UsageError(fmt::format("{}: '{}' is no size", option, value), "A size is in pixels: 1200x600.");
  }
  return {static_cast<int>(whole_number(option + " (width)", value.substr(0, cross), 300, 10'000)),
          static_cast<int>(whole_number(option + " (height)", value.substr(cross + 1), 200, 10'000))};
}

compose::Expression expression(const std::string& option, const std::string& value) {
  try {
    return compose::Expression(value);
  } catch (const compose::ExpressionError& error) {
    throw UsageError(fmt::format("{}: {}", option, error.what()),
                     fmt::format("{}\n  {:>{}}", value, "^", columns_before(value, error.position()) + 1));
  }
}

double positive_number(const std::string& option, const std::string& value) {
  const auto result = number<double>(value);
  if (!result || !std::isfinite(*result) || *result <= 0.0) {
    throw UsageError(fmt::format("{}: '{}' is not a positive number", option, value));
  }
  return *result;
}

std::string non_empty(const std::string& option, const std::string& value) {
  if (value.empty()) throw UsageError(fmt::format("{}: the name is empty", option));
  return value;
}

std::string device(const std::string& option, const std::string& value) {
  static const std::string kNumbered = "cuda:";
  if (value == "auto" || value == "cpu" || value == "cuda") return value;
  if (value.starts_with(kNumbered) && number<unsigned>(value.substr(kNumbered.size()))) return value;
  throw UsageError(fmt::format("{}: '{}' is no device", option, value),
                   "Devices are auto, cpu, cuda, and cuda:N for the graphics processor with number N.");
}

std::pair<std::string, std::string> tag(const std::string& option, const std::string& value) {
  const std::size_t equals = value.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError(fmt::format("{}: '{}' is not FIELD=VALUE", option, value),
                     "For example: --tag TITLE='Clair de lune'.");
  }
  std::string field = value.substr(0, equals);
  for (const char c : field) {
    if (c < 0x20 || c > 0x7D) {
      throw UsageError(
          fmt::format("{}: the field '{}' has characters beyond printable ASCII", option, field));
    }
  }
  std::string content = value.substr(equals + 1);
  if (!is_utf8(content)) throw UsageError(fmt::format("{}: the value of '{}' is not UTF-8", option, field));
  return {std::move(field), std::move(content)};
}

audio::RawFormat raw_format(const std::string& option, const std::string& value) {
  static constexpr Choice<audio::RawEncoding> kEncodings[] = {{"s16le", audio::RawEncoding::s16le},
                                                              {"s24le", audio::RawEncoding::s24le},
                                                              {"s32le", audio::RawEncoding::s32le},
                                                              {"f32le", audio::RawEncoding::f32le},
                                                              {"u8", audio::RawEncoding::u8}};
  const std::vector<std::string> parts = split(value, ':');
  if (parts.size() != 3) {
    throw UsageError(fmt::format("{}: '{}' is no full description of raw sound", option, value),
                     "It is ENCODING:RATE:CHANNELS, for example --raw s16le:44100:2; nothing is guessed.");
  }
  audio::RawFormat format;
  format.encoding = choice(option, parts[0], kEncodings);
  format.spec.sample_rate_hz = static_cast<int>(
      whole_number(option + " (rate)", parts[1], audio::kMinSampleRateHz, audio::kMaxSampleRateHz));
  format.spec.channels =
      static_cast<int>(whole_number(option + " (channels)", parts[2], 1, audio::kMaxChannels));
  return format;
}

void refuse_choice(const std::string& option, const std::string& value, std::span<const char* const> names) {
  const std::vector<std::string> candidates(names.begin(), names.end());
  const auto close = nearest(value, candidates);
  throw UsageError(fmt::format("{}: there is no '{}'{}", option, value,
                               close ? fmt::format("; did you mean '{}'?", *close) : ""),
                   fmt::format("{} takes one of: {}.", option, fmt::join(candidates, ", ")));
}

}  // namespace ictus::options
