#include "lib/report/explore_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "embedded/explore_css.hpp"
#include "embedded/explore_draw_js.hpp"
#include "embedded/explore_edit_js.hpp"
#include "embedded/explore_html.hpp"
#include "embedded/explore_keys_js.hpp"
#include "embedded/explore_panel_js.hpp"
#include "embedded/explore_piece_js.hpp"
#include "embedded/explore_pointing_js.hpp"
#include "embedded/explore_sound_js.hpp"
#include "embedded/explore_view_js.hpp"
#include "embedded/opus_js.hpp"
#include "embedded/page_css.hpp"
#include "lib/core/utf8.hpp"
#include "lib/report/base64.hpp"
#include "lib/report/html_template.hpp"

namespace ictus::report {
namespace {

/// A text for JSON within a script element: without < neither an end of the element nor a comment is in it,
/// and without control characters a page may hold it.
std::string json_text(std::string_view text) {
  const std::string valid = valid_utf8(text);
  std::string json = "\"";
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const auto byte = static_cast<unsigned char>(valid[i]);
    if (byte == '"' || byte == '\\') {
      json += '\\';
      json += valid[i];
    } else if (byte == '\n') {
      json += "\\n";
    } else if (byte == '\t') {
      json += "\\t";
    } else if (byte == '<' || byte < 0x20 || byte == 0x7F) {
      json += fmt::format("\\u{:04x}", unsigned{byte});
    } else if (byte == 0xC2 && static_cast<unsigned char>(valid[i + 1]) < 0xA0) {  // U+0080 to U+009F
      json += fmt::format("\\u{:04x}", unsigned{static_cast<unsigned char>(valid[++i])});
    } else {
      json += valid[i];
    }
  }
  return json + '"';
}

std::string json_number(double value, int digits) {
  if (!std::isfinite(value)) return "null";
  std::string text = fmt::format("{:.{}f}", value, digits);
  if (digits > 0) text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

/// `"name":[...]` of what `entry` makes of each item.
template <typename Items, typename Entry>
std::string column(std::string_view name, const Items& items, const Entry& entry) {
  std::string json = fmt::format("\"{}\":[", name);
  bool first = true;
  for (const auto& item : items) {
    if (!std::exchange(first, false)) json += ',';
    json += entry(item);
  }
  return json + ']';
}

template <typename Items, typename Number>
std::string numbers(std::string_view name, const Items& items, Number number, int digits) {
  return column(name, items, [&](const auto& item) { return json_number(item.*number, digits); });
}

std::string colours(const std::vector<ExploreEvent>& events) {
  std::string hex;
  for (const auto& event : events) {
    hex += fmt::format("{:02x}{:02x}{:02x}", event.colour.red, event.colour.green, event.colour.blue);
  }
  return hex;
}

std::vector<SoundPlace> places_of(const EncodedSounds& sounds) {
  std::vector<SoundPlace> places;
  for (const SoundGroup& group : sounds.groups) {
    places.insert(places.end(), group.places.begin(), group.places.end());
  }
  return places;
}

std::string data_of(const ExplorePage& page, const std::vector<SoundPlace>& places) {
  const std::vector<ExploreEvent>& events = page.events;
  const auto count = [](std::size_t value) { return std::to_string(value); };
  std::string json = "{\"length_s\":" + json_number(page.length_s, 6);
  json += ",\"sample_rate_hz\":" + std::to_string(page.sounds.sample_rate_hz);
  json += ",\"list_name\":" + json_text(page.list_name);
  json += ",\"place_caption\":" + json_text(page.place_caption);
  json += ",\"colour\":" + json_text(colours(events));
  json += "," + numbers("onset_s", events, &ExploreEvent::onset_s, 6);
  json += "," + numbers("gain_db", events, &ExploreEvent::gain_db, 1);
  json += "," + numbers("loudness_db", events, &ExploreEvent::loudness_db, 1);
  json += "," + numbers("duration_s", events, &ExploreEvent::duration_s, 3);
  json += "," + numbers("decay_s", events, &ExploreEvent::decay_s, 3);
  json += "," + numbers("pitch_hz", events, &ExploreEvent::pitch_hz, 2);
  json += "," + column("note", events, [](const ExploreEvent& event) { return json_text(event.note); });
  json += "," + numbers("place", events, &ExploreEvent::place, 4);
  json += "," + column("group_size", page.sounds.groups,
                       [&](const SoundGroup& group) { return count(group.places.size()); });
  json += "," + column("begin", places, [&](const SoundPlace& place) { return count(place.begin_samples); });
  json += "," + column("samples", places, [&](const SoundPlace& place) { return count(place.samples); });
  json += "," + numbers("gain", places, &SoundPlace::gain, 4);
  return json + "}";
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The cells that take most of a list, at most as many as there are letters.
std::vector<std::string> frequent_cells(const std::vector<std::string_view>& lines) {
  std::map<std::string_view, std::size_t> characters;
  for (const std::string_view line : lines) {
    if (line.starts_with('#')) continue;
    for (const std::string_view cell : split(line, '\t')) characters[cell] += cell.size() + 1;
  }
  std::vector<std::pair<std::size_t, std::string_view>> by_size;
  for (const auto& [cell, size] : characters) by_size.emplace_back(size, cell);
  std::sort(by_size.rbegin(), by_size.rend());
  by_size.resize(std::min(by_size.size(), kLetters.size()));
  std::vector<std::string> cells;
  for (const auto& entry : by_size) cells.emplace_back(entry.second);
  return cells;
}

/// The list as JSON in which a letter stands for each frequent cell: the numbers of events have few different
/// values, and a list is a third of a page otherwise. A line of cells begins with + and has all other cells
/// between two ~; whatever does not go like that begins with = and is as it was.
std::string packed_list(std::string_view list) {
  const std::vector<std::string_view> lines = split(list, '\n');
  const std::vector<std::string> cells = frequent_cells(lines);
  std::map<std::string_view, char> letters;
  for (std::size_t i = 0; i < cells.size(); ++i) letters[cells[i]] = kLetters[i];
  std::string text;
  for (const std::string_view line : lines) {
    if (!text.empty()) text += '\n';
    if (line.starts_with('#') || line.find('~') != std::string_view::npos) {
      text.append("=").append(line);
      continue;
    }
    text += '+';
    for (const std::string_view cell : split(line, '\t')) {
      const auto letter = letters.find(cell);
      if (letter == letters.end()) {
        text.append("~").append(cell).append("~");
      } else {
        text += letter->second;
      }
    }
  }
  return "{\"letters\":" + json_text(kLetters) + "," + column("cells", cells, json_text) +
         ",\"text\":" + json_text(text) + "}";
}

void check_list(const ExplorePage& page) {
  std::size_t count = 0;
  for (const std::string_view line : split(page.list, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const auto cells = split(line, '\t');
    if (count++ == 0 && std::find(cells.begin(), cells.end(), "onset_s") == cells.end()) {
      throw std::logic_error("the list has no onset_s");
    }
  }
  if (count != page.events.size() + 1) throw std::logic_error("the list has not a line for each event");
}

/// The parts of the script, which see each other's names and show none to the page.
std::string script() {
  constexpr std::string_view kParts[] = {kExplorePieceJs, kExploreViewJs,     kExploreEditJs,
                                         kOpusJs,         kExploreSoundJs,    kExploreDrawJs,
                                         kExplorePanelJs, kExplorePointingJs, kExploreKeysJs};
  std::string text = "\"use strict\";\n\n(() => {\n";
  for (const std::string_view part : kParts) text.append("\n").append(part);
  return text + "})();\n";
}

}  // namespace

std::string explore_page(const ExplorePage& page) {
  check_list(page);
  const std::vector<SoundPlace> places = places_of(page.sounds);
  if (places.size() != page.events.size()) throw std::logic_error("there is not a sound for each event");

  Fields fields;
  fields.texts = {{"title", page.title},
                  {"css", std::string(kPageCss) + std::string(kExploreCss)},
                  {"js", script()},
                  {"data", data_of(page, places)},
                  {"list", packed_list(page.list)},
                  {"mix", base64(page.mix_opus)}};
  fields.lists["facts"] = {};
  for (const std::string& fact : page.facts) fields.lists["facts"].push_back({{{"text", fact}}, {}});
  fields.lists["groups"] = {};
  for (const SoundGroup& group : page.sounds.groups) {
    fields.lists["groups"].push_back({{{"opus", base64(group.opus)}}, {}});
  }
  return fill(kExploreHtml, fields);
}

double sounds_kbit_per_s(double sounds_s, std::size_t events, double length_s, std::string_view list) {
  // Below the 3 MB that are promised: some sounds take up to 5 % more bits than others of their length.
  constexpr double kPageBytesPerS = 2.85e6 / 60.0;
  constexpr double kBytesPerEvent = 90.0;  // its facts
  constexpr double kSilencePerEventS = 0.04;
  constexpr double kOggKbitPerS = 0.3;
  constexpr double kOvershoot = 1.04;                  // of short sounds, as measured
  constexpr double kBytesPerKbit = 125.0 * 4.0 / 3.0;  // in base64
  const auto count = static_cast<double>(events);
  const double other_bytes =
      static_cast<double>(kExploreHtml.size() + kPageCss.size() + kExploreCss.size() + script().size()) +
      static_cast<double>(packed_list(list).size()) + count * kBytesPerEvent +
      length_s * (kMixKbitPerS + 1.0) * kBytesPerKbit;
  const double seconds = std::max(sounds_s + count * kSilencePerEventS, 1.0);
  const double left_bytes = kPageBytesPerS * std::max(length_s, 60.0) - other_bytes;
  return std::clamp((left_bytes / kBytesPerKbit / seconds - kOggKbitPerS) / kOvershoot, 6.0, 28.0);
}

}  // namespace ictus::report
