#include <fmt/format.h>

#include <cmath>
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
#include "lib/compose/coding.hpp"
#include "lib/compose/event_list.hpp"
#include "lib/compose/reblock.hpp"

namespace ictus::front {
namespace {

struct AssembleOptions : FilesOptions {
  std::optional<double> length_s;
};

namespace fs = std::filesystem;

/// How long the last event may sound where nothing says how long the sound is.
constexpr double kTailS = 4.0;

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

/// What the list says of the stream, over what follows from where its vectors come from.
formats::EventStreamHeader header_of(const compose::ListFacts& facts, const Lenders& lenders) {
  formats::EventStreamHeader header;
  if (facts.model_id && facts.weights_hash) {
    header.model_id = *facts.model_id;
    header.weights_hash = *facts.weights_hash;
    if (!facts.sample_rate_hz) throw Error("says which model it is for, but not sample_rate_hz");
  } else if (facts.model_id || facts.weights_hash) {
    throw Error("says only one of model_id and weights_hash, which go together");
  } else if (!lenders.all().empty()) {
    header = lenders.all().begin()->second.header;
    header.tags.clear();
    header.original_sample_rate_hz = header.sample_rate_hz;
    header.original_channels = header.channels;
  } else {
    header = cli::header_for(*cli::load_event_model({}), false);
  }
  if (facts.sample_rate_hz) header.sample_rate_hz = *facts.sample_rate_hz;
  header.original_sample_rate_hz = facts.original_sample_rate_hz.value_or(
      facts.sample_rate_hz ? header.sample_rate_hz : header.original_sample_rate_hz);
  header.original_channels = facts.original_channels.value_or(header.original_channels);
  header.channels = facts.channels.value_or(header.channels);
  if (facts.coding) header.coding = *facts.coding;
  if (facts.names) header.names = *facts.names;
  header.tags = facts.tags;
  return header;
}

struct Length {
  std::uint64_t samples = 0;
  std::optional<std::uint64_t> original_samples;
};

Length length_of(const compose::EventList& list, const std::vector<Event>& events,
                 const std::optional<double>& asked_s, double rate_hz, const std::string& name,
                 cli::Reporter& reporter) {
  if (asked_s) return {static_cast<std::uint64_t>(std::llround(*asked_s * rate_hz)), {}};
  const auto last = static_cast<std::uint64_t>(events.empty() ? 0 : events.back().onset_samples);
  const Length stated{list.facts.samples.value_or(0), list.facts.original_samples};
  if (list.facts.samples && (events.empty() || last < stated.samples)) return stated;
  const auto with_tail = last + static_cast<std::uint64_t>(std::llround(kTailS * rate_hz));
  if (list.facts.samples) {
    reporter.warning(fmt::format(
        "{}: the last event begins after the end that the list states, {:.3f} s; the sound now ends at "
        "{:.3f} s",
        name, static_cast<double>(stated.samples) / rate_hz, static_cast<double>(with_tail) / rate_hz));
  }
  return {with_tail, {}};
}

/// Standard numbers that the list tells go to the steps that a file has for them; what is borrowed stays.
void take_values(const compose::ListedEvent& listed, const formats::EventStreamHeader& header, Event& event) {
  if (header.names != formats::standard_names())
    throw Error(
        fmt::format("line {}: says numbers in units, and the model names none like them", listed.line),
        "tell them as v0 to v31");
  const auto set = [&](std::size_t place, float number) {
    const int steps = header.coding.vector_steps[place];
    const bool is_coded = header.coding.precision == formats::Precision::coded;
    event.vector[place] =
        is_coded ? formats::vector_value(formats::vector_code(number, steps), steps) : number;
  };
  if (std::holds_alternative<compose::Vector>(listed.vector))
    for (std::size_t i = 0; i < formats::kStandardNumbers.size(); ++i) set(i, event.vector[i]);
  for (const auto& [place, number] : listed.values) set(place, number);
}

std::vector<Event> events_of(const compose::EventList& list, Lenders& lenders,
                             const formats::EventStreamHeader& header) {
  std::vector<Event> events;
  for (const compose::ListedEvent& listed : list.events) {
    Event event;
    if (const auto* const borrowed = std::get_if<compose::BorrowedEvent>(&listed.vector)) {
      event = lenders.event(*borrowed, listed.line);
    } else {
      event.vector = std::get<compose::Vector>(listed.vector);
    }
    if (list.is_in_units) take_values(listed, header, event);
    if (listed.gain_db) event.gain_db = *listed.gain_db;
    event.onset_samples = std::llround(listed.onset_s * header.sample_rate_hz);
    events.push_back(event);
  }
  return events;
}

/// Throws ictus::Error for files of programs, before their bytes are taken for words.
void require_list(std::string_view content) {
  if (const auto* const format = formats::format_of(std::as_bytes(std::span(content)))) {
    throw Error(fmt::format("is {}, not a list of events", format->a_name),
                "'ictus dump' prints the list of a stream");
  }
  // XLSX and ODS are ZIP archives; XLS is one of Microsoft's compound files.
  if (content.starts_with("PK\x03\x04") || content.starts_with("\xD0\xCF\x11\xE0")) {
    throw Error("is a spreadsheet's own file or an archive, not a list of events",
                "save the sheet as CSV, in UTF-8");
  }
}

void assemble_list(const cli::Job& job, const AssembleOptions& options, const cli::Streams& streams,
                   cli::Reporter& reporter) {
  const std::string name = cli::display_name(job.input);
  const std::string text = cli::read_whole_file(job.input, streams);
  require_list(text);
  const compose::EventList list = compose::parse_event_list(text);
  Lenders lenders(job.input, streams);
  for (const compose::ListedEvent& listed : list.events) {
    if (const auto* const borrowed = std::get_if<compose::BorrowedEvent>(&listed.vector)) {
      (void)lenders.event(*borrowed, listed.line);
    }
  }
  formats::EventStreamHeader header = header_of(list.facts, lenders);
  const bool names_model = list.facts.model_id.has_value();
  for (const auto& [lender_name, lender] : lenders.all()) {
    cli::require_same_model(names_model ? name : cli::harmless(lenders.all().begin()->first), header,
                            cli::harmless(lender_name), lender.header);
  }
  const double rate_hz = header.sample_rate_hz;
  std::vector<Event> events = events_of(list, lenders, header);
  if (events.empty() && !list.facts.samples)
    throw Error("has no events", "a list has one event on each line");
  const Length length = length_of(list, events, options.length_s, rate_hz, name, reporter);
  const auto beyond = std::erase_if(events, [&](const Event& event) {
    return event.onset_samples >= static_cast<std::int64_t>(length.samples);
  });
  if (beyond > 0) {
    reporter.warning(fmt::format("{}: {} after the length that was asked for, {:.3f} s, and {} left out",
                                 name,
                                 beyond == 1 ? "1 event begins" : fmt::format("{} events begin", beyond),
                                 static_cast<double>(length.samples) / rate_hz, beyond == 1 ? "is" : "are"));
  }
  for (const compose::CutFact& cut : list.cut_facts) {
    reporter.warning(fmt::format(
        "{}: line {}: {} was cut into cells by a spreadsheet; commas were put where it was cut: {}", name,
        cut.line, cut.name, cli::harmless(cut.value)));
  }
  if (list.first_out_of_order) {
    reporter.warning(fmt::format("{}: line {} begins before the one above it; the events were put in order",
                                 name, *list.first_out_of_order));
  }
  const formats::EventCoding preferred = header.coding;
  header.coding = compose::exact_coding(events, preferred, kBlockSamples);
  if (header.coding.precision != preferred.precision &&
      header.coding.precision == formats::Precision::float32) {
    reporter.warning(fmt::format(
        "{}: some numbers lie on no steps of a small file, so all are kept as 32-bit floats", name));
  }

  cli::EventOutput output(job.output, options.output.force, header, streams);
  compose::Reblocker reblocker([&](const EventBlock& block) { output.write(block); });
  for (const Event& event : events) reblocker.push(event);
  reblocker.finish(static_cast<std::int64_t>(length.samples));
  output.finish(length.samples, length.original_samples);
  cli::warn_of_limits(reporter, output);
  reporter.say(cli::made_line(name, job.output, output, length.samples, header.sample_rate_hz));
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
