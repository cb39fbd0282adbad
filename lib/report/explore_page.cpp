#include "lib/report/explore_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "embedded/explore_css.hpp"
#include "embedded/explore_draw_js.hpp"
#include "embedded/explore_edit_js.hpp"
#include "embedded/explore_files_js.hpp"
#include "embedded/explore_grid_js.hpp"
#include "embedded/explore_html.hpp"
#include "embedded/explore_instrument_js.hpp"
#include "embedded/explore_keys_js.hpp"
#include "embedded/explore_panel_js.hpp"
#include "embedded/explore_piece_js.hpp"
#include "embedded/explore_player_js.hpp"
#include "embedded/explore_pointing_js.hpp"
#include "embedded/explore_render_js.hpp"
#include "embedded/explore_sound_js.hpp"
#include "embedded/explore_view_js.hpp"
#include "lib/core/utf8.hpp"
#include "lib/report/base64.hpp"
#include "lib/report/html_template.hpp"
#include "lib/report/packed_columns.hpp"
#include "lib/report/page_head.hpp"

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

std::string numbers_json(const std::vector<ExploreNumber>& numbers) {
  std::string json = "[";
  for (const ExploreNumber& number : numbers) {
    json += fmt::format("{}{{\"name\":{},\"unit\":{},\"low\":{},\"high\":{},\"is_ratio\":{},\"steps\":{}}}",
                        json.size() > 1 ? "," : "", json_text(number.name), json_text(number.unit),
                        number.low, number.high, number.is_ratio, number.steps);
  }
  return json + "]";
}

std::string data_of(const ExplorePage& page) {
  return fmt::format(
      "{{\"count\":{},\"rate_hz\":{},\"channels\":{},\"length_samples\":{},\"gain_step_db\":{},"
      "\"block_samples\":{},\"lag_samples\":{},"
      "\"list_head\":{},\"list_tail\":{},\"list_name\":{},\"midi_title\":{},\"place_caption\":{},"
      "\"numbers\":{}}}",
      page.events.size(), page.sample_rate_hz, page.channels, page.length_samples, page.gain_step_db,
      page.block_samples, page.lag_samples, json_text(page.list_head), json_text(page.list_tail),
      json_text(page.list_name), json_text(page.midi_title), json_text(page.place_caption),
      numbers_json(page.numbers));
}

/// To so many parts of 1, and 0 where it is not finite.
double rounded(double value, double parts) {
  return std::isfinite(value) ? std::round(value * parts) / parts : 0.0;
}

/// What is drawn of events need not be exact; what sounds is.
std::string columns_of(const std::vector<ExploreEvent>& events) {
  std::vector<std::vector<double>> columns;
  const auto add = [&](const auto& value_of) {
    columns.emplace_back();
    for (const ExploreEvent& event : events) columns.back().push_back(value_of(event));
  };
  double before = 0.0;
  add([&](const ExploreEvent& event) {
    return event.onset_samples - std::exchange(before, event.onset_samples);
  });
  add([](const ExploreEvent& event) { return event.gain_db; });
  for (std::size_t i = 0; i < 32; ++i)
    add([i](const ExploreEvent& event) { return static_cast<double>(event.vector[i]); });
  add([](const ExploreEvent& event) { return rounded(std::max(event.loudness_db, -150.0), 2.0); });
  // In steps of 7 %.
  add([](const ExploreEvent& event) {
    return std::round(10.0 * std::log2(std::max(event.duration_s, 1e-3)));
  });
  add([](const ExploreEvent& event) { return event.partial; });
  add([](const ExploreEvent& event) { return rounded(event.place, 1000.0); });
  for (const auto part : {&Colour::red, &Colour::green, &Colour::blue})
    add([part](const ExploreEvent& event) { return (event.colour.*part) >> 3; });
  return packed_columns(columns);
}

std::string bytes_of(std::span<const float> numbers) {
  std::string bytes(numbers.size_bytes(), '\0');
  std::memcpy(bytes.data(), numbers.data(), numbers.size_bytes());
  return bytes;
}

/// The player is WebAssembly, and runs in a worker, too.
constexpr std::string_view kPolicy =
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline' "
    "'wasm-unsafe-eval'; worker-src blob:; base-uri 'none'; form-action 'none'";

/// The parts of the script, which see each other's names and show none to the page. That of the player is an
/// element of its own: a worker runs it too.
std::string script() {
  constexpr std::string_view kParts[] = {kExplorePieceJs,    kExploreGridJs,       kExploreViewJs,
                                         kExploreEditJs,     kExploreRenderJs,     kExploreSoundJs,
                                         kExploreFilesJs,    kExploreDrawJs,       kExplorePanelJs,
                                         kExplorePointingJs, kExploreInstrumentJs, kExploreKeysJs};
  std::string text = "\"use strict\";\n\n(() => {\n";
  for (const std::string_view part : kParts) text.append("\n").append(part);
  return text + "})();\n";
}

}  // namespace

std::string explore_page(const ExplorePage& page) {
  if (page.numbers.size() != 32) throw std::logic_error("an event has 32 numbers");
  Fields fields;
  fields.texts = {{"head", page_head({"ictus explore", page.title, page.facts, kPolicy,
                                      ".explorer, .unstarted", std::string(kExploreCss)})},
                  {"js", script()},
                  {"player_js", std::string(kExplorePlayerJs)},
                  {"data", data_of(page)},
                  {"events", base64(columns_of(page.events))},
                  {"weights", base64(bytes_of(page.weights))},
                  {"player", std::string(page.player)}};
  return fill(kExploreHtml, fields);
}

}  // namespace ictus::report
