#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "apps/cli/event_input.hpp"
#include "apps/cli/event_table.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/hearing.hpp"
#include "lib/audio/resampler.hpp"
#include "lib/core/workers.hpp"
#include "lib/plot/projection.hpp"
#include "lib/report/explore_page.hpp"
#include "lib/report/opus.hpp"
#include "lib/synthesis/solo.hpp"

namespace ictus::front {
namespace {

constexpr int kPageRateHz = 24000;
/// Where an event no longer counts as sounding on the page: at most, and at least where there is so much
/// sound that the page would become too large. And how long one may sound there.
constexpr double kAudibleDb = 40.0;
constexpr double kLeastAudibleDb = 20.0;
constexpr double kLongestS = 8.0;
/// So many seconds of events in each second of the piece, or of the first minute, leave enough bits for each.
constexpr double kMostSoundS = 25.0;

std::vector<float> at_page_rate(std::span<const float> samples, int sample_rate_hz) {
  std::vector<float> result;
  audio::Resampler resampler(sample_rate_hz, kPageRateHz);
  resampler.push(samples, result);
  resampler.finish(result);
  return result;
}

/// The stream as `ictus dump` prints it.
std::string list_of(const cli::EventInput& input, const std::vector<Event>& events) {
  std::string text;
  const cli::ExtraColumns none;
  cli::EventTable table([&text](std::string_view more) { text += more; }, options::TableFormat::tsv, true,
                        none, input.header().sample_rate_hz);
  table.print_header(input.header());
  table.print(events);
  // Of a damaged stream they are not known.
  if (const auto original = input.original_length_samples()) {
    table.print_totals({events.size(), input.length_samples(), *original});
  }
  return text;
}

/// How long the sounds of all events are on the page when each ends where it has fallen by `audible_db`.
double sounds_s(const std::vector<synthesis::EventDescription>& heard, double audible_db) {
  double sum = 0.0;
  // What falls evenly falls by half as much in half of the time.
  for (const auto& one : heard) sum += std::min(one.duration_s * audible_db / kAudibleDb, kLongestS);
  return sum;
}

double audible_db(const std::vector<synthesis::EventDescription>& heard, double length_s) {
  const double most_s = kMostSoundS * std::max(length_s, 60.0);
  return std::clamp(kAudibleDb * most_s / sounds_s(heard, kAudibleDb), kLeastAudibleDb, kAudibleDb);
}

/// Renders each event by itself, some at a time on each core, and gives them to the page in their order.
report::EncodedSounds sounds_of(const cli::EventModel& model, const std::vector<Event>& events,
                                double audible_db, double kbit_per_s,
                                const std::function<void(std::size_t done)>& tell) {
  const std::size_t workers = std::max(1U, std::thread::hardware_concurrency());
  constexpr std::size_t kAtATime = 64;
  report::EventSounds sounds(kPageRateHz, kbit_per_s, workers);
  for (std::size_t begin = 0; begin < events.size(); begin += kAtATime) {
    const std::size_t count = std::min(kAtATime, events.size() - begin);
    std::vector<std::vector<float>> rendered(count);
    std::atomic<std::size_t> next{0};
    run_workers(workers, [&](std::size_t) {
      for (std::size_t i = next++; i < count; i = next++) {
        const auto alone = synthesis::render_solo(*model, events[begin + i], 1, audible_db, kLongestS);
        rendered[i] = at_page_rate(alone, synthesis::EventModel::kSampleRateHz);
      }
    });
    for (const std::vector<float>& samples : rendered) sounds.push(samples);
    tell(begin + count);
  }
  return sounds.finish();
}

std::vector<report::ExploreEvent> shown(const std::vector<Event>& events,
                                        const std::vector<synthesis::EventDescription>& heard,
                                        const std::vector<plot::Vector>& vectors, double rate_hz,
                                        unsigned long long seed) {
  const std::vector<double> places = plot::line_up(vectors, seed);
  const std::vector<report::Colour> colours = plot::colours(vectors, seed);
  std::vector<report::ExploreEvent> result;
  for (std::size_t i = 0; i < events.size(); ++i) {
    result.push_back({.onset_s = static_cast<double>(events[i].onset_samples) / rate_hz,
                      .gain_db = static_cast<double>(events[i].gain_db),
                      .loudness_db = heard[i].loudness_db,
                      .duration_s = heard[i].duration_s,
                      .decay_s = heard[i].decay_s,
                      .pitch_hz = heard[i].pitch_hz,
                      .note = note_name(heard[i].pitch_hz),
                      .place = places[i],
                      .colour = colours[i]});
  }
  return result;
}

std::string page_of(cli::EventInput& input, const cli::Job& job, const options::ExploreOptions& options,
                    cli::EventModels& models, const std::function<void(double part)>& tell) {
  const cli::EventModel model = models.of(input.name(), input.header());
  const std::vector<Event> events = cli::read_all(input);
  if (events.empty()) {
    if (input.damage()) throw Error(input.damage()->what(), "there is nothing in it to keep");
    throw Error("has no events to show");
  }
  const auto heard = synthesis::describe(*model, events);
  std::vector<plot::Vector> vectors;
  for (const Event& event : events) vectors.push_back(event.vector);
  const double rate_hz = input.header().sample_rate_hz;

  report::ExplorePage page;
  page.title =
      cli::has_own_name(job.input) ? cli::stem_of(job.input, cli::InputKind::stream) : "event stream";
  page.length_s = static_cast<double>(input.length_samples()) / rate_hz;
  page.facts = {fmt::format("{:.1f} s", page.length_s), cli::counted(events.size(), "event"),
                fmt::format("model {}", cli::harmless(input.header().model_id))};
  page.events = shown(events, heard, vectors, rate_hz, options.seed);
  page.list = list_of(input, events);
  page.list_name = page.title + ".tsv";
  page.place_caption = plot::uses_tsne(events.size())
                           ? "similar sounds lie near each other (t-SNE of the 32 numbers)"
                           : "similar sounds lie near each other (PCA of the 32 numbers)";
  const double heard_db = audible_db(heard, page.length_s);
  const double kbit_per_s =
      report::sounds_kbit_per_s(sounds_s(heard, heard_db), events.size(), page.length_s, page.list);
  page.sounds = sounds_of(model, events, heard_db, kbit_per_s, [&](std::size_t done) {
    tell(static_cast<double>(done) / static_cast<double>(events.size()));
  });
  const std::vector<float> mix =
      at_page_rate(decode_mono(model, events, input.header().channels, input.length_samples()),
                   synthesis::EventModel::kSampleRateHz);
  if (!mix.empty()) page.mix_opus = report::ogg_opus(mix, kPageRateHz, report::kMixKbitPerS);
  return report::explore_page(page);
}

}  // namespace

int explore(const options::ExploreOptions& options, const cli::Streams& streams) {
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
    const std::string page = page_of(input, job, options, models, [&](double part) {
      reporter.progress(task, fmt::format("{}: {:.0f} %", names[task], 100.0 * part));
    });
    reporter.end_progress(task);
    cli::OutputFile output(job.output, options.output.force, streams);
    output.write(std::as_bytes(std::span(page)));
    output.commit();
    reporter.say(fmt::format("{} -> {}: {:.1f} MB", names[task], cli::display_output_name(job.output),
                             static_cast<double>(page.size()) / 1e6));
    if (input.damage()) throw DamagedInput(input.damage()->what(), input.damage()->hint());
  });
}

}  // namespace ictus::front
