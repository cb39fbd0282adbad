#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>

#include "apps/cli/event_input.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/streams.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/hearing.hpp"
#include "apps/options/add.hpp"
#include "apps/options/options.hpp"
#include "apps/options/parse.hpp"
#include "apps/options/refuse.hpp"
#include "lib/audio/sound_files.hpp"
#include "lib/core/error.hpp"
#include "lib/core/path.hpp"
#include "lib/plot/fonts.hpp"
#include "lib/plot/map.hpp"
#include "lib/plot/picture_format.hpp"
#include "lib/plot/projection.hpp"
#include "lib/plot/roll.hpp"
#include "lib/plot/spectrograms.hpp"

namespace ictus::front {
namespace {

constexpr Choice<PlotKind> kKinds[] = {{"map", PlotKind::map},
                                       {"roll", PlotKind::roll},
                                       {"spectrogram", PlotKind::spectrogram},
                                       {"residual", PlotKind::residual}};
constexpr Choice<PlotTheme> kThemes[] = {{"light", PlotTheme::light}, {"dark", PlotTheme::dark}};

struct PlotOptions : FilesOptions {
  PlotKind kind = PlotKind::map;
  std::optional<std::string> original;  ///< the recording that was encoded
  PlotTheme theme = PlotTheme::light;
  PictureSize size;
  unsigned long long seed = 1;
  std::optional<std::string> model;

  [[nodiscard]] bool needs_model() const { return kind != PlotKind::map; }
};

namespace fs = std::filesystem;

/// What is drawn.
struct PlotInput {
  cli::EventInput& stream;
  std::vector<Event> events;  ///< at least one
  std::string title;

  [[nodiscard]] double duration_s() const {
    return static_cast<double>(stream.length_samples()) / stream.header().sample_rate_hz;
  }
};

/// The bytes of a picture.
using Draw = std::function<std::string(const PlotInput& input, const plot::PictureFormat& format)>;

std::string draw_map(const PlotInput& input, const plot::PictureFormat& format, unsigned long long seed) {
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

std::string draw_roll(const PlotInput& input, const plot::PictureFormat& format, const cli::EventModel& model,
                      unsigned long long seed) {
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

std::string draw_spectrograms(const PlotInput& input, const plot::PictureFormat& format,
                              const cli::EventModel& model, const PlotOptions& options) {
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

plot::FileKind file_kind(const std::string& output) {
  if (has_suffix(output, ".png")) return plot::FileKind::png;
  if (has_suffix(output, ".svg")) return plot::FileKind::svg;
  if (has_suffix(output, ".pdf")) return plot::FileKind::pdf;
  // The names of standard output, pipes and devices say nothing.
  if (output == cli::kStandardStream || place_at(output) == Place::special) return plot::FileKind::png;
  throw options::UsageError(fmt::format("{}: the name does not say what kind of picture it is to be",
                                        cli::display_output_name(output)),
                            "Names of pictures end in .png, .svg or .pdf.");
}

plot::PictureFormat format_of(const PlotOptions& options, const std::string& output) {
  const bool is_dark = options.theme == options::PlotTheme::dark;
  return {file_kind(output), is_dark ? plot::Theme::dark : plot::Theme::light, options.size.width_px,
          options.size.height_px};
}

void draw_job(const cli::Job& job, const PlotOptions& options, const Draw& draw, const cli::Streams& streams,
              cli::Reporter& reporter) {
  cli::check_job(job, options.output.force, streams);
  cli::EventInput stream(job.input, "plot", streams);
  PlotInput input{stream, cli::read_all(stream),
                  cli::has_own_name(job.input) ? fs::path(job.input).filename().string() : "event stream"};
  if (stream.damage() && input.events.empty())
    throw Error(stream.damage()->what(), "there is nothing in it to draw");
  if (input.events.empty()) throw Error("has no events to draw");
  const std::string picture = draw(input, format_of(options, job.output));
  cli::OutputFile output(job.output, options.output.force, streams);
  output.write(std::as_bytes(std::span(picture)));
  output.commit();
  reporter.say(fmt::format("{} -> {}: {:.1f} s, {}", stream.name(), cli::display_output_name(job.output),
                           input.duration_s(), cli::counted(input.events.size(), "event")));
  if (stream.damage()) throw DamagedInput(stream.damage()->what(), stream.damage()->hint());
}

/// Draws all inputs. Returns the exit status.
int draw_all(const PlotOptions& options, const Draw& draw, const cli::Streams& streams) {
  const std::vector<cli::Job> jobs =
      cli::plan_jobs(options.inputs, options.output, {}, {cli::InputKind::stream, ".png"}, streams);
  std::vector<std::string> names;
  for (const cli::Job& job : jobs) {
    (void)file_kind(job.output);
    names.push_back(cli::display_name(job.input));
  }
  cli::Reporter reporter(streams, options.quiet);
  if (!plot::has_letters()) {
    reporter.warning(
        "no font with letters was found, so words are drawn as thin strokes and boxes; install one, such as "
        "fonts-dejavu-core");
  }
  return cli::run_tasks(names, 1, reporter,
                        [&](std::size_t task) { draw_job(jobs[task], options, draw, streams, reporter); });
}

int plot(const PlotOptions& asked, const cli::Streams& streams) {
  PlotOptions options = asked;
  if (options.original) {
    std::vector<std::string> all = options.inputs;
    if (all.empty()) all.emplace_back(cli::kStandardStream);
    all.push_back(*options.original);
    options.original = cli::plan_inputs(all, streams).back();  // refuses standard input as both
  }
  cli::EventModels models(options.model);
  const auto draw = [&](const PlotInput& input, const plot::PictureFormat& format) {
    if (options.kind == options::PlotKind::map) return draw_map(input, format, options.seed);
    const cli::EventModel model = models.of(input.stream.name(), input.stream.header());
    return options.kind == options::PlotKind::roll ? draw_roll(input, format, model, options.seed)
                                                   : draw_spectrograms(input, format, model, options);
  };
  return draw_all(options, draw, streams);
}

void settle(PlotOptions& options, const CLI::App& command) {
  refuse_force(options.output, is_standard_output(options.output, options.inputs));
  const bool shows_original = options.kind == PlotKind::spectrogram || options.kind == PlotKind::residual;
  refuse_without(shows_original, command, "--original", "--kind spectrogram and residual");
  refuse_without(!shows_original, command, "--seed", "--kind map and roll");
  refuse_without(options.needs_model(), command, "--model", "--kind roll, spectrogram and residual");
  if (options.kind == PlotKind::residual && !options.original) {
    throw UsageError("--original FILE is missing: the recording of which the residual is left");
  }
  if (options.original && options.inputs.size() > 1) {
    throw UsageError("--original is one recording, and there are several inputs", "Draw them one by one.");
  }
}

void accept(CLI::App& app, PlotOptions& options) {
  add_inputs(app, "IN", "Event streams. '-', or nothing, is standard input.", options.inputs);
  add_output(
      app, options.output,
      "Where to draw: a file that ends in .png, .svg or .pdf, an existing folder, or '-' for PNG on standard "
      "output. Without it song.evs becomes song.png beside it, and standard input goes to standard output.");
  add_choice(app, kPictureGroup, "--kind", kKinds, options.kind,
             "map: events over time, similar ones near each other; roll: their pitches over time, with the "
             "decay as length; spectrogram: of the decoded sound, beside the original's where one is named; "
             "residual: both and what the events left of it.");
  add_value(app, kPictureGroup, "--original", "FILE", non_empty, options.original,
            "The recording that was encoded.");
  add_choice(app, kPictureGroup, "--theme", kThemes, options.theme,
             "Ink on white, or light on a dark ground.");
  add_value(app, kPictureGroup, "--size", "WIDTHxHEIGHT", picture_size, options.size,
            "In pixels, 300x200 to 10000x10000.")
      ->default_str("1200x600");
  add_seed(app, kPictureGroup, options.seed,
           "Where the random numbers start that colours, and places on a map, come of.");
  add_model(app, kEventModel, options.model);
  add_quiet(app, options.quiet);
}

}  // namespace

std::unique_ptr<Command> add_plot(CLI::App& root) {
  return make_command(root, "plot", "Draw an event stream", accept, settle, plot, R"(
  ictus plot song.evs                       make song.png
  ictus plot --kind roll song.evs -o roll.svg
  ictus plot --kind residual --original song.wav song.evs -o left.png)");
}

}  // namespace ictus::front
