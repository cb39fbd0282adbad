#include "lib/synthesis/describe.hpp"

#include <fmt/format.h>

#include <cmath>

#include "apps/cli/dump.hpp"
#include "apps/cli/event_input.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/hearing.hpp"
#include "lib/player/midi.hpp"

namespace ictus::front {
namespace {

std::vector<cli::Cell> cells(const synthesis::EventDescription& heard) {
  const bool has_pitch = heard.pitch_hz > 0.0;
  return {{fmt::format("{:.3f}", heard.duration_s)},
          {std::isfinite(heard.loudness_db) ? fmt::format("{:.1f}", heard.loudness_db) : std::string()},
          {has_pitch ? fmt::format("{:.2f}", heard.pitch_hz) : std::string()},
          {has_pitch ? note_name(heard.pitch_hz) : std::string(), false},
          {fmt::format("{:.0f}", heard.brightness_hz)},
          {fmt::format("{:.3f}", heard.decay_s)}};
}

/// Prints the events that are heard as notes as a MIDI file, once all are known. Returns the exit status.
int dump_midi(const options::DumpOptions& options, const cli::Streams& streams) {
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

}  // namespace

int dump_described(const options::DumpOptions& options, const cli::Streams& streams) {
  if (options.format == options::TableFormat::midi) return dump_midi(options, streams);
  cli::StreamInput input(cli::plan_inputs(options.inputs, streams).front(), streams);
  input.require(options::Codec::events, "--describe");
  const auto& header = std::get<formats::EventStreamReader>(input.reader()).header();
  cli::EventModels models(options.model);
  const cli::EventModel model = models.of(input.name(), header);
  const cli::ExtraColumns heard{
      {"duration_s", "loudness_db", "pitch_hz", "note", "brightness_hz", "decay_s"},
      [&model](std::span<const Event> events) {
        std::vector<std::vector<cli::Cell>> rows;
        for (const synthesis::EventDescription& description : synthesis::describe(*model, events)) {
          rows.push_back(cells(description));
        }
        return rows;
      }};
  return cli::dump(input, options, heard, streams);
}

}  // namespace ictus::front
