#include "lib/synthesis/describe.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/cli/dump.hpp"
#include "apps/cli/event_input.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/text.hpp"
#include "apps/cli/text_output.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/hearing.hpp"
#include "lib/core/pitch.hpp"
#include "lib/core/utf8.hpp"
#include "lib/notes/midi_file.hpp"
#include "lib/synthesis/event_notes.hpp"
#include "lib/synthesis/time_course.hpp"

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

/// Of each tag that is a title; names of tags are the same in capitals and in small letters.
std::string title_of(const formats::EventStreamHeader& header) {
  std::string title;
  for (const auto& [field, value] : header.tags) {
    if (lower_case(field) != "title" || value.empty()) continue;
    title += title.empty() ? value : " / " + value;
  }
  return title;
}

/// The way of an event's pitch, against a key, while a note of it lasts.
std::vector<notes::MidiBend> bends_of(const synthesis::EventSound& sound, double heard_hz, int key,
                                      double duration_s) {
  constexpr double kBetweenS = 0.01;
  constexpr double kLeastSemitones = 0.02;
  // It may be heard some octaves above the event's own pitch.
  const double own_hz = std::exp2(static_cast<double>(sound.pitch_octaves));
  const double octaves = std::round(std::log2(heard_hz / own_hz));
  const double still = key_of_hz(own_hz) + 12.0 * octaves - key;
  std::vector<notes::MidiBend> bends;
  for (double after_s = 0.0; after_s < duration_s; after_s += kBetweenS) {
    const double semitones =
        still + static_cast<double>(synthesis::deviation_semitones(sound, static_cast<float>(after_s)));
    if (bends.empty() || std::abs(semitones - bends.back().semitones) >= kLeastSemitones)
      bends.push_back({after_s, semitones});
    if (!synthesis::moves(sound)) break;
  }
  return bends;
}

/// Throws ictus::Error when no event has a pitch.
std::string midi_of(const std::vector<Event>& events, const std::vector<synthesis::EventDescription>& heard,
                    const cli::EventInput& input, const synthesis::EventModel& model, bool bends) {
  std::vector<double> onsets_s;
  for (const Event& event : events)
    onsets_s.push_back(static_cast<double>(event.onset_samples) / input.header().sample_rate_hz);
  const std::vector<synthesis::EventNote> among = synthesis::notes_among(onsets_s, heard);
  double loudest_db = -std::numeric_limits<double>::infinity();
  for (const synthesis::EventNote& note : among) loudest_db = std::max(loudest_db, note.level_db);
  std::vector<notes::MidiNote> notes;
  for (const synthesis::EventNote& note : among) {
    const auto pitch = midi_pitch(heard[note.event].pitch_hz);
    if (!pitch) continue;
    const synthesis::EventDescription& sound = heard[note.event];
    notes.push_back(
        {onsets_s[note.event], sound.duration_s, *pitch, notes::velocity_of(note.level_db - loudest_db)});
    if (bends)
      notes.back().bends =
          bends_of(model.sound_of(events[note.event]), sound.pitch_hz, *pitch, sound.duration_s);
  }
  if (notes.empty())
    throw Error(fmt::format("none of its {} has a pitch", cli::counted(events.size(), "event")));
  return notes::midi_file(notes, title_of(input.header()));
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
    const std::string midi =
        midi_of(events, synthesis::describe(*model, events), input, *model, options.bends);
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
