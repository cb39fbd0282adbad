#include <fmt/format.h>

#include <filesystem>
#include <map>

#include "apps/cli/command.hpp"
#include "apps/cli/event_input.hpp"
#include "apps/cli/event_models.hpp"
#include "apps/cli/event_output.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/whole_file.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/options/add.hpp"
#include "apps/options/refuse.hpp"
#include "lib/compose/list_stream.hpp"
#include "lib/compose/reblock.hpp"

namespace ictus::front {
namespace {

struct AssembleOptions : FilesOptions {
  std::optional<double> length_s;
};

namespace fs = std::filesystem;

/// A stream that vectors are borrowed from.
struct Lender {
  formats::EventStreamHeader header;
  std::vector<Event> events;
};

/// Streams by the names that the list calls them, which are relative to the folder that it lies in; to the
/// current one if it lies in none, as what comes from standard input.
class Lenders {
 public:
  Lenders(const std::string& list_path, const cli::Streams& streams)
      : folder_(cli::has_own_name(list_path) ? fs::path(list_path).parent_path() : fs::path()),
        streams_(streams) {}

  const Event& event(const compose::BorrowedEvent& borrowed, std::size_t line) {
    const Lender& lender = of(borrowed.stream, line);
    if (borrowed.event >= lender.events.size()) {
      throw Error(fmt::format("line {}, column vector: {} has no event {}; it has {}, counted from 0", line,
                              cli::harmless(borrowed.stream), borrowed.event,
                              cli::counted(lender.events.size(), "event")));
    }
    return lender.events[borrowed.event];
  }

  [[nodiscard]] const std::map<std::string, Lender>& all() const { return lenders_; }

 private:
  const Lender& of(const std::string& name, std::size_t line) {
    if (const auto known = lenders_.find(name); known != lenders_.end()) return known->second;
    try {
      const std::string path = (folder_ / name).string();
      // A name in a list is that of a file, whatever it is.
      cli::EventInput input(path == cli::kStandardStream ? "./" + path : path, "borrowing", streams_);
      Lender lender{input.header(), cli::read_all(input)};
      if (input.damage()) throw Error(input.damage()->what(), input.damage()->hint());
      return lenders_.emplace(name, std::move(lender)).first->second;
    } catch (const Error& error) {
      throw Error(fmt::format("line {}, column vector: {}", line, error.what()), error.hint());
    }
  }

  fs::path folder_;
  const cli::Streams& streams_;
  std::map<std::string, Lender> lenders_;
};

/// Of a list that says of no model: that of the streams it borrows from, or of the usual model.
formats::EventStreamHeader usual_header(const Lenders& lenders) {
  if (lenders.all().empty()) return synthesis::header_for(*cli::load_event_model({}), false);
  formats::EventStreamHeader header = lenders.all().begin()->second.header;
  header.tags.clear();
  header.original_sample_rate_hz = header.sample_rate_hz;
  header.original_channels = header.channels;
  return header;
}

void assemble_list(const cli::Job& job, const AssembleOptions& options, const cli::Streams& streams,
                   cli::Reporter& reporter) {
  const std::string name = cli::display_name(job.input);
  const std::string text = cli::read_whole_file(job.input, streams);
  Lenders lenders(job.input, streams);
  const auto lend = [&](const compose::BorrowedEvent& borrowed, std::size_t line) -> const Event& {
    return lenders.event(borrowed, line);
  };
  const compose::ListedStream stream =
      compose::stream_of_list(text, {lend, [&] { return usual_header(lenders); }}, options.length_s);
  for (const auto& [lender_name, lender] : lenders.all()) {
    cli::require_same_model(stream.names_model ? name : cli::harmless(lenders.all().begin()->first),
                            stream.header, cli::harmless(lender_name), lender.header);
  }
  for (const std::string& remark : stream.remarks) reporter.warning(name + ": " + cli::harmless(remark));

  cli::EventOutput output(job.output, options.output.force, stream.header, streams);
  compose::Reblocker reblocker([&](const EventBlock& block) { output.write(block); });
  for (const Event& event : stream.events) reblocker.push(event);
  reblocker.finish(static_cast<std::int64_t>(stream.length_samples));
  output.finish(stream.length_samples, stream.original_length_samples);
  cli::warn_of_limits(reporter, output);
  reporter.say(cli::made_line(name, job.output, output, stream.length_samples, stream.header.sample_rate_hz));
}

int assemble(const AssembleOptions& options, const cli::Streams& streams) {
  const std::vector<cli::Job> jobs =
      cli::plan_jobs(options.inputs, options.output, {}, {cli::InputKind::list, ".evs"}, streams);
  cli::Reporter reporter(streams, options.quiet);
  std::vector<std::string> names;
  for (const cli::Job& job : jobs) names.push_back(cli::display_name(job.input));
  return cli::run_tasks(names, 1, reporter, [&](std::size_t task) {
    cli::check_job(jobs[task], options.output.force, streams);
    assemble_list(jobs[task], options, streams, reporter);
  });
}

void settle(AssembleOptions& options, const CLI::App& /*given*/) {
  refuse_force(options.output, is_standard_output(options.output, options.inputs));
}

void accept(CLI::App& app, AssembleOptions& options) {
  add_inputs(
      app, "LIST",
      "Lists as 'ictus dump' prints them, or shorter ones made by hand. '-', or nothing, is standard input.",
      options.inputs);
  add_output(app, options.output,
             "Where to write: a file, an existing folder, or '-' for standard output. Without it song.tsv "
             "becomes song.evs beside it, and standard input goes to standard output.");
  add_value(app, kTimeGroup, "--length", "TIME", non_negative_seconds, options.length_s,
            "How long the sound is: 8, 8s, 800ms or 2min. Without it what the list says, else until 4 "
            "seconds after the last onset.");
  add_quiet(app, options.quiet);
}

}  // namespace

std::unique_ptr<Command> add_assemble(CLI::App& root) {
  return make_command(root, "assemble", "Make an event stream of a list of events", accept, settle, assemble,
                      R"(
  ictus dump song.evs > song.tsv ; $EDITOR song.tsv
  ictus assemble song.tsv -o new.evs
  ictus assemble tune.txt | ictus decode - | aplay)");
}

}  // namespace ictus::front
