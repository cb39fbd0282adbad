#include "lib/events/describe.hpp"

#include <fmt/format.h>

#include <cmath>

#include "apps/cli/dump.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/ictus-nn/network.hpp"
#include "lib/notes/note_name.hpp"

namespace ictus::network {
namespace {

/// "A4" for 440 Hz: the nearest note of the equally tempered scale.
std::string note_name(double pitch_hz) {
  constexpr int kMidiOfA4 = 69;
  const auto midi = kMidiOfA4 + static_cast<int>(std::lround(12.0 * std::log2(pitch_hz / 440.0)));
  return midi < 0 ? std::string() : notes::pitch_name(midi);
}

std::vector<cli::Cell> cells(const events::EventDescription& heard) {
  const bool has_pitch = heard.pitch_hz > 0.0;
  return {{fmt::format("{:.3f}", heard.duration_s)},
          {std::isfinite(heard.loudness_db) ? fmt::format("{:.1f}", heard.loudness_db) : std::string()},
          {has_pitch ? fmt::format("{:.2f}", heard.pitch_hz) : std::string()},
          {has_pitch ? note_name(heard.pitch_hz) : std::string(), false},
          {fmt::format("{:.0f}", heard.brightness_hz)},
          {fmt::format("{:.3f}", heard.decay_s)}};
}

}  // namespace

int dump_described(const options::DumpOptions& options, const cli::Streams& streams) {
  cli::StreamInput input(cli::plan_inputs(options.inputs, streams).front(), streams);
  input.require(options::Codec::events, "--describe");
  const auto& header = std::get<formats::EventStreamReader>(input.reader()).header();
  const EventModel model = EventModels(options.network).made({header.model_id, header.weights_hash});
  require_same_weights(input.name(), header, *model);
  const cli::ExtraColumns heard{
      {"duration_s", "loudness_db", "pitch_hz", "note", "brightness_hz", "decay_s"},
      [&model](std::span<const Event> events) {
        std::vector<std::vector<cli::Cell>> rows;
        for (const events::EventDescription& description : events::describe(*model, events)) {
          rows.push_back(cells(description));
        }
        return rows;
      }};
  return cli::dump(input, options, heard, streams);
}

}  // namespace ictus::network
