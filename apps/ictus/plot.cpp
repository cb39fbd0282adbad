#include "apps/cli/plot.hpp"

#include <algorithm>

#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/hearing.hpp"
#include "lib/audio/sound_files.hpp"
#include "lib/plot/map.hpp"
#include "lib/plot/projection.hpp"
#include "lib/plot/roll.hpp"
#include "lib/plot/spectrograms.hpp"

namespace ictus::front {
namespace {

std::string draw_map(const cli::PlotInput& input, const plot::PictureFormat& format,
                     unsigned long long seed) {
  std::vector<plot::Vector> vectors;
  for (const Event& event : input.events) vectors.push_back(event.vector);
  const std::vector<double> places = plot::line_up(vectors, seed);
  const std::vector<report::Colour> colours = plot::colours(vectors, seed);
  const double rate_hz = input.stream.header().sample_rate_hz;
  plot::Map map{input.title, input.duration_s(), plot::uses_tsne(vectors.size()), {}};
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const Event& event = input.events[i];
    map.events.push_back({static_cast<double>(event.onset_samples) / rate_hz,
                          static_cast<double>(event.gain_db), places[i], colours[i]});
  }
  return plot::map(map, format);
}

std::string draw_roll(const cli::PlotInput& input, const plot::PictureFormat& format,
                      const cli::EventModel& model, unsigned long long seed) {
  std::vector<plot::Vector> vectors;
  for (const Event& event : input.events) vectors.push_back(event.vector);
  const std::vector<report::Colour> colours = plot::colours(vectors, seed);
  const std::vector<synthesis::EventDescription> heard = synthesis::describe(*model, input.events);
  const double rate_hz = input.stream.header().sample_rate_hz;
  plot::Roll roll{input.title, input.duration_s(), {}};
  for (std::size_t i = 0; i < heard.size(); ++i) {
    roll.events.push_back({static_cast<double>(input.events[i].onset_samples) / rate_hz, heard[i].duration_s,
                           heard[i].loudness_db, heard[i].pitch_hz, heard[i].brightness_hz, colours[i]});
  }
  return plot::roll(roll, format);
}

/// Mono, at the model's rate.
std::vector<float> original(const std::string& path, int sample_rate_hz) {
  constexpr float kFullScale = 32768.0F;
  std::vector<float> samples;
  for (const std::int16_t sample : audio::read_whole(path, sample_rate_hz)) {
    samples.push_back(static_cast<float>(sample) / kFullScale);
  }
  return samples;
}

std::string draw_spectrograms(const cli::PlotInput& input, const plot::PictureFormat& format,
                              const cli::EventModel& model, const options::PlotOptions& options) {
  const auto rate_hz = static_cast<int>(input.stream.header().sample_rate_hz);
  std::vector<float> sound =
      decode_mono(model, input.events, input.stream.header().channels, input.stream.length_samples());
  if (sound.empty()) throw Error("lasts no time, so there is nothing to draw");
  const bool shows_residual = options.kind == options::PlotKind::residual;
  plot::Spectrograms picture{input.title, {}};
  const plot::PanelSize size = plot::panel_size(shows_residual ? 3 : options.original ? 2 : 1, format);
  const double duration_s = input.duration_s();
  if (options.original) {
    std::vector<float> recording = original(*options.original, rate_hz);
    // Place by place the two are compared over the same time.
    recording.resize(sound.size());
    picture.panels.push_back(
        {"original", report::powers(recording, rate_hz, size.columns, size.rows), duration_s});
  }
  picture.panels.push_back({"decoded", report::powers(sound, rate_hz, size.columns, size.rows), duration_s});
  if (shows_residual) {
    picture.panels.push_back(
        {"residual", plot::residual(picture.panels[0].powers, picture.panels[1].powers), duration_s});
  }
  return plot::spectrograms(picture, format);
}

}  // namespace

int plot(const options::PlotOptions& asked, const cli::Streams& streams) {
  options::PlotOptions options = asked;
  if (options.original) {
    std::vector<std::string> all = options.inputs;
    if (all.empty()) all.emplace_back(cli::kStandardStream);
    all.push_back(*options.original);
    options.original = cli::plan_inputs(all, streams).back();  // refuses standard input as both
  }
  cli::EventModels models(options.model);
  const auto draw = [&](const cli::PlotInput& input, const plot::PictureFormat& format) {
    if (options.kind == options::PlotKind::map) return draw_map(input, format, options.seed);
    const cli::EventModel model = models.of(input.stream.name(), input.stream.header());
    return options.kind == options::PlotKind::roll ? draw_roll(input, format, model, options.seed)
                                                   : draw_spectrograms(input, format, model, options);
  };
  return cli::plot(options, draw, streams);
}

}  // namespace ictus::front
