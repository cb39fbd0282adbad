#include "lib/report/sound_figure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "embedded/sound_html.hpp"
#include "lib/core/error.hpp"
#include "lib/report/base64.hpp"
#include "lib/report/html_template.hpp"
#include "lib/report/opus.hpp"
#include "lib/report/spectrogram.hpp"

namespace ictus::report {
namespace {

struct FrequencyMark {
  double hz;
  const char* label;
  bool decade;  ///< of those that a small picture has room for
};

constexpr std::array<FrequencyMark, 8> kFrequencyMarks = {{{50, "50", false},
                                                           {100, "100", true},
                                                           {200, "200", false},
                                                           {500, "500", false},
                                                           {1000, "1k", true},
                                                           {2000, "2k", false},
                                                           {5000, "5k", false},
                                                           {10000, "10k", true}}};

std::string data_address(std::string_view media_type, std::string_view bytes) {
  return fmt::format("data:{};base64,{}", media_type, base64(bytes));
}

std::string percent(double part) { return fmt::format("{:.2f}%", 100.0 * part); }

std::vector<Fields> frequency_marks(const Spectrogram& spectrogram) {
  std::vector<Fields> marks;
  for (const auto& [hz, label, decade] : kFrequencyMarks) {
    if (hz >= spectrogram.highest_hz) break;
    marks.push_back({{{"label", label},
                      {"place", percent(spectrogram.height_of(hz))},
                      {"rank", decade ? "decade" : "between"}},
                     {}});
  }
  return marks;
}

/// At most six, at 1, 2 or 5 times a power of ten.
std::vector<Fields> time_marks(double span_s) {
  const double decade = std::pow(10.0, std::floor(std::log10(span_s / 5.0)));
  double step_s = 10.0 * decade;
  for (const double factor : {5.0, 2.0, 1.0}) {
    if (span_s / (factor * decade) < 6.0) step_s = factor * decade;
  }
  std::vector<Fields> marks;
  const int last = static_cast<int>(span_s / step_s);
  for (int i = 0; i <= last; ++i) {
    const double place = i * step_s / span_s;
    // A label near an edge stays within it.
    marks.push_back({{{"label", fmt::format("{:g}{}", i * step_s, i == last ? " s" : "")},
                      {"place", percent(place)},
                      {"alignment", i == 0         ? "begin"
                                    : place > 0.95 ? "end"
                                                   : "middle"}},
                     {}});
  }
  return marks;
}

}  // namespace

double duration_s(const Sound& sound) {
  return static_cast<double>(sound.samples.size()) / sound.sample_rate_hz;
}

std::string sound_figure(const Sound& sound, const FigureSize& size) {
  if (sound.samples.empty()) throw Error("the sound \"" + sound.name + "\" has no samples");
  const double share = std::min(1.0, duration_s(sound) / size.span_s);
  const auto columns = static_cast<std::size_t>(std::ceil(share * static_cast<double>(size.width_px)));
  const Spectrogram levels = spectrogram(sound.samples, sound.sample_rate_hz, columns, size.height_px);

  Fields fields;
  fields.texts = {{"name", sound.name},
                  {"duration", fmt::format("{:.4f}", duration_s(sound))},
                  {"rounded_duration", fmt::format("{:.1f}", duration_s(sound))},
                  {"share", percent(share)},
                  {"columns", std::to_string(columns)},
                  {"rows", std::to_string(size.height_px)},
                  {"lowest", fmt::format("{:g} Hz", kLowestHz)},
                  {"highest", fmt::format("{:g} kHz", levels.highest_hz / 1000.0)},
                  {"picture", data_address("image/png", png(picture_of(levels)))},
                  {"sound", data_address("audio/ogg", ogg_opus(sound.samples, sound.sample_rate_hz))}};
  fields.lists = {
      {"caption", {}}, {"frequencies", frequency_marks(levels)}, {"times", time_marks(size.span_s)}};
  if (!sound.caption.empty()) fields.lists["caption"].push_back({{{"text", sound.caption}}, {}});
  return fill(kSoundHtml, fields);
}

std::string colour_key_address() {
  Picture key{static_cast<std::size_t>(kRangeDb) + 1, 1, {}};
  for (std::size_t i = 0; i < key.width_px; ++i)
    key.pixels.push_back(colour_of(static_cast<double>(i) / kRangeDb));
  return data_address("image/png", png(key));
}

}  // namespace ictus::report
