#include "apps/ictus/stems.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <map>
#include <thread>

#include "apps/cli/event_input.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus/hearing.hpp"
#include "apps/options/parse.hpp"
#include "lib/audio/audio.hpp"
#include "lib/core/path.hpp"
#include "lib/core/workers.hpp"
#include "lib/synthesis/solo.hpp"

namespace ictus::front {
namespace {

namespace fs = std::filesystem;

/// Where an event no longer counts as sounding, and how long it may sound at most.
constexpr double kAudibleDb = 66.0;
constexpr double kLongestS = 30.0;

void make_folder(const std::string& path) {
  std::error_code failure;
  if (fs::is_directory(path, failure)) return;
  if (::mkdir(end_of_links(path).c_str(), 0777) != 0) {
    throw Error(
        fmt::format("{}: the folder cannot be made ({})", cli::display_output_name(path), reason(errno)));
  }
}

/// What the names of an input's files begin with. They stand in a table.
std::string base_of(const std::string& input) {
  return cli::has_own_name(input) ? cli::name_for_table(cli::stem_of(input, cli::InputKind::stream))
                                  : "event";
}

void refuse_shared_names(const std::vector<std::string>& inputs) {
  std::map<std::string, std::string> input_of;
  for (const std::string& input : inputs) {
    const auto [other, is_new] = input_of.emplace(base_of(input), input);
    if (is_new) continue;
    throw options::UsageError(
        fmt::format("the files of {} and {} would have the same names, {}-*",
                    cli::display_name(other->second), cli::display_name(input), other->first),
        "Take a folder for each.");
  }
}

/// The names of an input's files.
class StemNames {
 public:
  StemNames(const std::string& folder, const std::string& input, const std::string& suffix,
            std::size_t events)
      : folder_(folder), base_(base_of(input)), suffix_(suffix), digits_(std::to_string(events).size()) {}

  [[nodiscard]] std::string file(std::size_t event) const {
    return fmt::format("{}-{:0{}}{}", base_, event, digits_, suffix_);
  }
  [[nodiscard]] std::string path(const std::string& file) const { return (folder_ / file).string(); }
  [[nodiscard]] std::string table_path() const { return path(base_ + "-stems.tsv"); }

 private:
  fs::path folder_;
  std::string base_;
  std::string suffix_;
  std::size_t digits_;
};

std::string table_of(const std::vector<Event>& events, const std::vector<std::size_t>& chosen,
                     const StemNames& names, double rate_hz) {
  std::string text = "event\tfile\tonset_s\tgain_db\n";
  for (const std::size_t event : chosen) {
    text += fmt::format("{}\t{}\t{:.6f}\t{}\n", event, names.file(event),
                        static_cast<double>(events[event].onset_samples) / rate_hz, events[event].gain_db);
  }
  return text;
}

void write_stem(const std::vector<float>& samples, const std::string& path,
                const options::DecodeOptions& options, const formats::EventStreamHeader& header,
                const cli::Streams& streams) {
  const auto sample_rate_hz = static_cast<int>(header.sample_rate_hz);
  cli::OutputFile file(path, options.output.force, streams);
  audio::SinkFormat format;
  format.container = options.raw ? audio::Container::raw : audio::Container::wav;
  format.samples = options.samples;
  format.sample_rate_hz = sample_rate_hz;
  format.channels = header.channels;
  const auto sink = audio::Sink::open(file.fd(), file.name(), sample_rate_hz, format);
  sink->write(samples);
  sink->finish(samples.size() / header.channels);
  file.commit();
}

/// Returns how many files of events were written.
std::size_t write_stems(const std::string& path, const options::DecodeOptions& options,
                        cli::EventModels& models, const cli::Streams& streams, cli::Reporter& reporter) {
  cli::EventInput input(path, "--stems", streams);
  const auto& header = input.header();
  const cli::EventModel model = models.of(input.name(), header);
  const std::vector<Event> events = cli::read_all(input);
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!options.events || options.events->holds(i)) chosen.push_back(i);
  }
  if (options.events && chosen.empty()) cli::refuse_choice(events.size());
  const StemNames names(*options.stems_folder, path, options.raw ? ".raw" : ".wav", events.size());
  if (events.empty() && input.damage()) throw Error(input.damage()->what(), "there is nothing in it to keep");
  make_folder(*options.stems_folder);
  // Before any work is done, all names have to be free.
  cli::check_output(names.table_path(), options.output.force);
  for (const std::size_t event : chosen)
    cli::check_output(names.path(names.file(event)), options.output.force);

  std::atomic<std::size_t> next{0};
  const auto threads = static_cast<std::size_t>(
      options.threads > 0 ? options.threads
                          : static_cast<int>(std::max(1U, std::thread::hardware_concurrency())));
  run_workers(std::min(threads, std::max<std::size_t>(chosen.size(), 1)), [&](std::size_t) {
    for (std::size_t i = next++; i < chosen.size(); i = next++) {
      const std::vector<float> samples =
          synthesis::render_solo(*model, events[chosen[i]], header.channels, kAudibleDb, kLongestS);
      write_stem(samples, names.path(names.file(chosen[i])), options, header, streams);
      reporter.progress(0, fmt::format("{}: {} of {} events", input.name(), i + 1, chosen.size()));
    }
  });
  reporter.end_progress(0);
  cli::OutputFile table(names.table_path(), options.output.force, streams);
  const std::string text = table_of(events, chosen, names, header.sample_rate_hz);
  table.write(std::as_bytes(std::span(text)));
  table.commit();
  if (input.damage()) throw DamagedInput(input.damage()->what(), input.damage()->hint());
  return chosen.size();
}

}  // namespace

int decode_stems(const options::DecodeOptions& options, const cli::Streams& streams) {
  const std::vector<std::string> inputs = cli::plan_inputs(options.inputs, streams);
  refuse_shared_names(inputs);
  std::vector<std::string> names;
  for (const std::string& input : inputs) names.push_back(cli::display_name(input));
  cli::EventModels models(options.network.model);
  cli::Reporter reporter(streams, options.talk.quiet, options.talk.progress);
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    const std::size_t count = write_stems(inputs[task], options, models, streams, reporter);
    reporter.say(fmt::format("{} -> {}: {}", names[task], cli::display_output_name(*options.stems_folder),
                             cli::counted(count, "file")));
  });
}

}  // namespace ictus::front
