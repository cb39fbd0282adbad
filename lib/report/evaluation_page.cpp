#include "lib/report/evaluation_page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "embedded/evaluation_css.hpp"
#include "embedded/evaluation_html.hpp"
#include "embedded/evaluation_js.hpp"
#include "embedded/opus_js.hpp"
#include "embedded/sound_css.hpp"
#include "embedded/sound_js.hpp"
#include "lib/report/html_template.hpp"
#include "lib/report/page_head.hpp"

namespace ictus::report {
namespace {

using List = std::vector<Fields>;

/// Sounds are data in the page, or blobs that its script makes of them.
constexpr std::string_view kPolicy =
    "default-src 'none'; img-src data:; media-src data: blob:; style-src 'unsafe-inline'; script-src "
    "'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// A list of one entry with this text, or of none: a part of the template that may be left out.
List optional_text(const std::string& text) {
  return text.empty() ? List{} : List{Fields{{{"text", text}}, {}}};
}

Fields with_figure(const Sound& sound, const FigureSize& size) {
  return {{{"figure", sound_figure(sound, size)}}, {}};
}

List metric_entries(const std::vector<MetricLine>& metrics) {
  List entries;
  for (const MetricLine& metric : metrics) {
    entries.push_back(
        {{{"name", metric.name}, {"value", metric.value}, {"meaning", metric.meaning}},
         {{"interval", optional_text(metric.interval)}, {"parameters", optional_text(metric.parameters)}}});
  }
  return entries;
}

Fields clip_entry(const GeneratedClip& clip, const FigureSize& large, const FigureSize& small) {
  Fields entry = with_figure(clip.sound, large);
  entry.texts["asked"] = clip.asked;
  entry.texts["heard"] = clip.heard;
  entry.texts["verdict"] = clip.agrees ? "agrees" : "disagrees";
  entry.texts["nearest_distance"] =
      clip.nearest.empty() ? "" : fmt::format("{}", clip.nearest.front().distance);
  entry.lists["agrees"] = List(clip.agrees ? 1 : 0);
  entry.lists["disagrees"] = List(clip.agrees ? 0 : 1);
  List neighbours;
  for (const Neighbour& neighbour : clip.nearest) {
    Fields fields = with_figure(neighbour.sound, small);
    fields.texts["distance"] = fmt::format("{:#.3g}", neighbour.distance);
    neighbours.push_back(std::move(fields));
  }
  entry.lists["has_nearest"] = List(neighbours.empty() ? 0 : 1);
  for (Fields& part : entry.lists["has_nearest"]) part.lists["nearest"] = neighbours;
  return entry;
}

/// The parts of the script, which see each other's names and show none to the page.
std::string script() {
  std::string text = "\"use strict\";\n\n(() => {\n";
  for (const std::string_view part : {kOpusJs, kSoundJs, kEvaluationJs}) text.append("\n").append(part);
  return text + "\ndocument.querySelector(\".unstarted\").remove();\n})();\n";
}

/// The longest of all sounds: what every time axis reaches.
double span_s(const EvaluationPage& page) {
  double span = 0.0;
  for (const GeneratedClip& clip : page.clips) {
    span = std::max(span, duration_s(clip.sound));
    for (const Neighbour& neighbour : clip.nearest) span = std::max(span, duration_s(neighbour.sound));
  }
  for (const Sound& sound : page.reference) span = std::max(span, duration_s(sound));
  return span;
}

}  // namespace

std::string evaluation_page(const EvaluationPage& page) {
  const double span = span_s(page);
  const FigureSize large{480, 192, span};
  const FigureSize small{280, 112, span};

  List clips;
  for (const GeneratedClip& clip : page.clips) clips.push_back(clip_entry(clip, large, small));
  List reference;
  for (const Sound& sound : page.reference) reference.push_back(with_figure(sound, small));
  const auto disagreeing = std::count_if(page.clips.begin(), page.clips.end(),
                                         [](const GeneratedClip& clip) { return !clip.agrees; });

  Fields fields;
  fields.texts = {{"head", page_head({"ictus evaluate", page.title, page.facts, kPolicy,
                                      ".unstarted, .play, .seek, .choices",
                                      std::string(kEvaluationCss) + std::string(kSoundCss)})},
                  {"js", script()},
                  {"colour_key", colour_key_address()}};
  fields.lists["metrics"] =
      page.metrics.empty() ? List{} : List{Fields{{}, {{"lines", metric_entries(page.metrics)}}}};
  fields.lists["clips"] = {};
  if (!clips.empty()) {
    fields.lists["clips"].push_back({{{"count", std::to_string(clips.size())},
                                      {"disagreeing", std::to_string(disagreeing)},
                                      {"agreeing", std::to_string(page.clips.size() - disagreeing)}},
                                     {{"cards", std::move(clips)}}});
  }
  fields.lists["reference"] = {};
  if (!reference.empty()) fields.lists["reference"].push_back({{}, {{"sounds", std::move(reference)}}});
  return fill(kEvaluationHtml, fields);
}

}  // namespace ictus::report
