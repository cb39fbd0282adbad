#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <utility>

#include "apps/cli/event_input.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/hearing.hpp"
#include "apps/options/add.hpp"
#include "apps/options/options.hpp"
#include "apps/options/refuse.hpp"
#include "lib/compose/event_table.hpp"
#include "lib/player/module.hpp"
#include "lib/player/piece.hpp"
#include "lib/plot/projection.hpp"
#include "lib/report/explore_page.hpp"
#include "lib/synthesis/describe.hpp"

namespace ictus::front {
namespace {

struct ExploreOptions {
  std::vector<std::string> inputs;
  OutputOptions output;
  TalkOptions talk;
  unsigned long long seed = 1;
  std::optional<std::string> model;
};

/// The lines that `ictus dump` prints above and below those of the events.
struct ListFrame {
  std::string head, tail;
};

ListFrame list_frame(const cli::EventInput& input, std::size_t events) {
  std::string text;
  const compose::ExtraColumns none;
  compose::EventTable table([&text](std::string_view more) { text += more; }, compose::ListFormat::tsv, true,
                            none, input.header().sample_rate_hz);
  table.print_header(input.header());
  ListFrame frame{std::exchange(text, {}), {}};
  // Of a damaged stream they are not known.
  if (const auto original = input.original_length_samples())
    table.print_totals({events, input.length_samples(), *original});
  frame.tail = text;
  return frame;
}

/// Which partial an event is heard at; 0 where it has no pitch.
int heard_partial(const synthesis::EventModel& model, const Event& event, double pitch_hz) {
  if (!(pitch_hz > 0.0)) return 0;
  const double own_hz = std::exp2(static_cast<double>(model.sound_of(event).pitch_octaves));
  return std::max(1, static_cast<int>(std::lround(pitch_hz / own_hz)));
}

std::vector<report::ExploreEvent> shown(const synthesis::EventModel& model, const std::vector<Event>& events,
                                        unsigned long long seed) {
  const auto heard = synthesis::describe(model, events);
  std::vector<plot::Vector> vectors;
  for (const Event& event : events) vectors.push_back(event.vector);
  const std::vector<double> places = plot::line_up(vectors, seed);
  const std::vector<report::Colour> colours = plot::colours(vectors, seed);
  std::vector<report::ExploreEvent> result;
  for (std::size_t i = 0; i < events.size(); ++i) {
    result.push_back({.onset_samples = static_cast<double>(events[i].onset_samples),
                      .gain_db = static_cast<double>(events[i].gain_db),
                      .vector = events[i].vector,
                      .loudness_db = heard[i].loudness_db,
                      .duration_s = heard[i].duration_s,
                      .partial = heard_partial(model, events[i], heard[i].pitch_hz),
                      .place = places[i],
                      .colour = colours[i]});
  }
  return result;
}

std::vector<report::ExploreNumber> numbers_of(const formats::EventCoding& coding) {
  std::vector<report::ExploreNumber> numbers(kEventVectorSize);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (i < formats::kStandardNumbers.size()) {
      const formats::StandardNumber& standard = formats::kStandardNumbers[i];
      numbers[i] = {.name = std::string(standard.name),
                    .unit = std::string(standard.unit),
                    .low = static_cast<double>(standard.low),
                    .high = static_cast<double>(standard.high),
                    .is_ratio = standard.is_ratio};
    }
    if (coding.precision == formats::Precision::coded) numbers[i].steps = coding.vector_steps[i];
  }
  return numbers;
}

std::string page_of(cli::EventInput& input, const cli::Job& job, const ExploreOptions& options,
                    cli::EventModels& models) {
  const cli::EventModel model = models.of(input.name(), input.header());
  const std::vector<Event> events = cli::read_all(input);
  if (events.empty()) {
    if (input.damage()) throw Error(input.damage()->what(), "there is nothing in it to keep");
    throw Error("has no events to show");
  }
  const formats::EventStreamHeader& header = input.header();
  const ListFrame frame = list_frame(input, events.size());
  report::ExplorePage page;
  page.title =
      cli::has_own_name(job.input) ? cli::stem_of(job.input, cli::InputKind::stream) : "event stream";
  page.sample_rate_hz = header.sample_rate_hz;
  page.channels = header.channels;
  page.length_samples = static_cast<double>(input.length_samples());
  page.facts = {fmt::format("{:.1f} s", page.length_samples / page.sample_rate_hz),
                cli::counted(events.size(), "event"),
                fmt::format("model {}", cli::harmless(header.model_id))};
  page.events = shown(*model, events, options.seed);
  page.numbers = numbers_of(header.coding);
  if (header.coding.precision == formats::Precision::coded)
    page.gain_step_db = header.coding.gain_step_centibels / 10.0;
  page.list_head = frame.head;
  page.list_tail = frame.tail;
  page.list_name = page.title + ".tsv";
  page.midi_title = title_of(header);
  page.place_caption = plot::uses_tsne(events.size())
                           ? "similar sounds lie near each other (t-SNE of the 32 numbers)"
                           : "similar sounds lie near each other (PCA of the 32 numbers)";
  page.block_samples = player::Piece::kStepSamples;
  page.lag_samples = player::Piece::kLagSamples;
  page.player = player::module_base64();
  page.weights = model->timbre.weights();
  return report::explore_page(page);
}

int explore(const ExploreOptions& options, const cli::Streams& streams) {
  const std::vector<cli::Job> jobs = cli::plan_jobs(options.inputs, options.output, options.talk,
                                                    {cli::InputKind::stream, ".html"}, streams);
  std::vector<std::string> names;
  for (const cli::Job& job : jobs) names.push_back(cli::display_name(job.input));
  cli::EventModels models(options.model);
  cli::Reporter reporter(streams, options.talk.quiet, options.talk.progress);
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    const cli::Job& job = jobs[task];
    cli::check_job(job, options.output.force, streams);
    cli::EventInput input(job.input, "explore", streams);
    reporter.progress(task, fmt::format("{}: looking at its events", names[task]));
    const std::string page = page_of(input, job, options, models);
    reporter.end_progress(task);
    cli::OutputFile output(job.output, options.output.force, streams);
    output.write(std::as_bytes(std::span(page)));
    output.commit();
    reporter.say(fmt::format("{} -> {}: {:.1f} MB", names[task], cli::display_output_name(job.output),
                             static_cast<double>(page.size()) / 1e6));
    if (input.damage()) throw DamagedInput(input.damage()->what(), input.damage()->hint());
  });
}

void settle(ExploreOptions& options, const CLI::App& /*given*/) {
  refuse_force(options.output, is_standard_output(options.output, options.inputs));
}

void accept(CLI::App& app, ExploreOptions& options) {
  add_inputs(app, "IN", "Event streams. '-', or nothing, is standard input.", options.inputs);
  add_output(app, options.output,
             "Where to write: a file, an existing folder, or '-' for standard output. Without it song.evs "
             "becomes song.html beside it, and standard input goes to standard output.");
  add_seed(app, kPictureGroup, options.seed,
           "Where the random numbers start that colours and places come of.");
  add_model(app, kEventModel, options.model);
  add_progress(app, options.talk);
}

}  // namespace

std::unique_ptr<Command> add_explore(CLI::App& root) {
  return make_command(root, "explore", "Make a page on which every event can be seen, heard and changed",
                      accept, settle, explore, R"(
  ictus explore song.evs                    make song.html
  ictus explore song.evs -o page.html && xdg-open page.html)");
}

}  // namespace ictus::front
