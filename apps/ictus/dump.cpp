#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/cli/event_input.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/stream_input.hpp"
#include "apps/cli/streams.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/cli/token_table.hpp"
#include "apps/ictus/commands.hpp"
#include "apps/ictus/hearing.hpp"
#include "apps/options/add.hpp"
#include "apps/options/options.hpp"
#include "apps/options/refuse.hpp"
#include "lib/compose/event_table.hpp"
#include "lib/player/midi.hpp"
#include "lib/synthesis/describe.hpp"

namespace ictus::front {
namespace {

struct DumpOptions {
  std::vector<std::string> inputs;
  TableFormat format = TableFormat::tsv;
  bool no_vectors = false;           ///< event streams only
  bool units = false;                ///< event streams only, and for columns
  bool describe = false;             ///< event streams only
  bool bends = false;                ///< for midi only
  std::optional<std::string> model;  ///< used by `describe` and for midi only

  [[nodiscard]] bool needs_model() const { return describe || format == TableFormat::midi; }
};

constexpr Choice<TableFormat> kFormats[] = {{"tsv", TableFormat::tsv},
                                            {"csv", TableFormat::csv},
                                            {"json", TableFormat::json},
                                            {"midi", TableFormat::midi}};

/// Of the events themselves; their notes as MIDI are no list.
compose::ListFormat list_format(TableFormat format) {
  if (format == TableFormat::json) return compose::ListFormat::json;
  return format == TableFormat::csv ? compose::ListFormat::csv : compose::ListFormat::tsv;
}

// What has been printed is flushed block by block: who reads along sees each when it has come.

void print_events(formats::EventStreamReader& reader, const DumpOptions& options,
                  const compose::ExtraColumns& extra, cli::TextOutput& out) {
  compose::EventTable table([&out](std::string_view text) { out.print(text); }, list_format(options.format),
                            !options.no_vectors, extra, reader.header().sample_rate_hz, options.units);
  table.print_header(reader.header());
  out.flush();
  while (const auto block = reader.next()) {
    table.print(block->events);
    out.flush();
  }
  table.print_totals(*reader.totals());
  out.flush();
}

void print_tokens(formats::TokenPyramidReader& reader, const DumpOptions& options, cli::TextOutput& out) {
  cli::TokenTable table(out, options.format, reader.header());
  table.print_header();
  out.flush();
  try {
    while (const auto clip = reader.next()) {
      table.print(*clip);
      out.flush();
    }
  } catch (const DamagedInput&) {
    if (reader.unfinished()) table.print(*reader.unfinished());
    out.flush();
    throw;
  }
}

/// Prints every event or token; when the stream is damaged, those before the damage. `extra` is for event
/// streams. Returns the exit status.
int print_all(cli::StreamInput& input, const DumpOptions& options, const compose::ExtraColumns& extra,
              const cli::Streams& streams) {
  if (options.describe) input.require(options::Codec::events, "--describe");
  if (options.no_vectors) input.require(options::Codec::events, "--no-vectors");
  if (options.units) input.require(options::Codec::events, "--units");
  cli::Reporter reporter(streams);
  return cli::run_tasks({input.name()}, 1, reporter, [&](std::size_t) {
    cli::TextOutput out(streams.out);
    if (auto* const events = std::get_if<formats::EventStreamReader>(&input.reader())) {
      print_events(*events, options, extra, out);
    } else {
      print_tokens(std::get<formats::TokenPyramidReader>(input.reader()), options, out);
    }
  });
}

std::vector<compose::Cell> cells(const synthesis::EventDescription& heard) {
  const bool has_pitch = heard.pitch_hz > 0.0;
  return {{fmt::format("{:.3f}", heard.duration_s)},
          {std::isfinite(heard.loudness_db) ? fmt::format("{:.1f}", heard.loudness_db) : std::string()},
          {has_pitch ? fmt::format("{:.2f}", heard.pitch_hz) : std::string()},
          {has_pitch ? note_name(heard.pitch_hz) : std::string(), false},
          {fmt::format("{:.0f}", heard.brightness_hz)},
          {fmt::format("{:.3f}", heard.decay_s)}};
}

/// Prints the events that are heard as notes as a MIDI file, once all are known. Returns the exit status.
int dump_midi(const DumpOptions& options, const cli::Streams& streams) {
  cli::check_standard_output({}, streams);
  cli::EventInput input(cli::plan_inputs(options.inputs, streams).front(), "--format midi", streams);
  cli::EventModels models(options.model);
  const cli::EventModel model = models.of(input.name(), input.header());
  cli::Reporter reporter(streams);
  return cli::run_tasks({input.name()}, 1, reporter, [&](std::size_t) {
    const std::vector<Event> events = cli::read_all(input);
    const std::string midi = player::midi_of(*model, events, input.header().sample_rate_hz,
                                             title_of(input.header()), options.bends);
    if (midi.empty())
      throw Error(fmt::format("none of its {} has a pitch", cli::counted(events.size(), "event")));
    cli::TextOutput out(streams.out);
    out.print(midi);
    out.flush();
    if (input.damage()) throw DamagedInput(input.damage()->what(), input.damage()->hint());
  });
}

/// With what is heard of each event.
int print_described(const DumpOptions& options, const cli::Streams& streams) {
  cli::StreamInput input(cli::plan_inputs(options.inputs, streams).front(), streams);
  input.require(options::Codec::events, "--describe");
  const auto& header = std::get<formats::EventStreamReader>(input.reader()).header();
  cli::EventModels models(options.model);
  const cli::EventModel model = models.of(input.name(), header);
  const compose::ExtraColumns heard{
      {"duration_s", "loudness_db", "pitch_hz", "note", "brightness_hz", "decay_s"},
      [&model](std::span<const Event> events) {
        std::vector<std::vector<compose::Cell>> rows;
        for (const synthesis::EventDescription& description : synthesis::describe(*model, events)) {
          rows.push_back(cells(description));
        }
        return rows;
      }};
  return print_all(input, options, heard, streams);
}

int dump(const DumpOptions& options, const cli::Streams& streams) {
  if (options.format == options::TableFormat::midi) return dump_midi(options, streams);
  if (options.describe) return print_described(options, streams);
  cli::StreamInput input(cli::plan_inputs(options.inputs, streams).front(), streams);
  return print_all(input, options, {}, streams);
}

void settle(DumpOptions& options, const CLI::App& command) {
  refuse_without(options.needs_model(), command, "--model", "--describe and --format midi");
  if (options.format == TableFormat::midi && (options.describe || options.no_vectors)) {
    throw UsageError("a MIDI file has no columns", "Leave out --describe and --no-vectors.");
  }
  refuse_without(options.format == TableFormat::midi, command, "--bends", "--format midi");
  if (options.units && options.format == TableFormat::midi)
    throw UsageError("a MIDI file has no columns", "Leave out --units.");
  if (options.units && (options.describe || options.no_vectors))
    throw UsageError(fmt::format("--units and {} cannot be used together",
                                 options.describe ? "--describe" : "--no-vectors"),
                     options.describe ? "Their columns have the same names."
                                      : "The one prints what the other leaves out.");
}

void accept(CLI::App& app, DumpOptions& options) {
  add_inputs(app, "FILE", "One event stream or token pyramid. '-', or nothing, is standard input.",
             options.inputs)
      ->expected(0, 1);
  add_choice(app, kOutputGroup, "--format", kFormats, options.format,
             "Columns between tabs or commas under a line of names, or one JSON object a line; or, for event "
             "streams, a MIDI file of the events that are heard as notes.");
  add_switch(app, kOutputGroup, "--no-vectors", options.no_vectors,
             "Event streams only: leave out the 32 numbers of each event.");
  add_switch(
      app, kOutputGroup, "--units", options.units,
      "Event streams only: the numbers that have names, in their units, in place of v0 to v15: note and "
      "cents "
      "of the pitch, balance_db, attack_s and so on. 'ictus assemble' reads these columns too; in JSON the "
      "other numbers are 'timbre'.");
  add_switch(app, kOutputGroup, "--describe", options.describe,
             "Event streams only: render each event with the model and add how it sounds: duration, "
             "loudness, pitch in Hz and as a note, brightness and decay time.");
  add_switch(app, kOutputGroup, "--bends", options.bends,
             "With --format midi: pitches as they are, to a cent, and as they glide and swing, by bends of "
             "up to 24 semitones; each note is on a channel of its own, of which there are 15.");
  add_model(app, kEventModel, options.model);
}

}  // namespace

std::unique_ptr<Command> add_dump(CLI::App& root) {
  return make_command(root, "dump", "Print the events or the tokens of a stream as text", accept, settle,
                      dump, R"(
  ictus dump song.evs > song.tsv
  ictus dump note.mars > note.tsv
  ictus dump --units song.evs > song.tsv
  ictus dump --describe --no-vectors song.evs | less
  ictus dump --format json song.evs | jq 'select(.event).onset_s'
  ictus dump --format midi song.evs > song.mid)");
}

}  // namespace ictus::front
