#include "apps/ictus-nn/hearing.hpp"

#include <cmath>

#include "apps/cli/vary.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "lib/compose/reblock.hpp"
#include "lib/events/codec.hpp"
#include "lib/notes/note_name.hpp"

namespace ictus::network {

std::vector<float> decode_events(const EventModel& model, std::span<const Event> events,
                                 std::uint64_t length_samples) {
  std::vector<float> samples;
  events::Decoder decoder(model, [&](std::span<const float> block) {
    samples.insert(samples.end(), block.begin(), block.end());
  });
  // In blocks, so that an event is rendered only while it sounds.
  compose::Reblocker blocks([&](const EventBlock& block) { decoder.push(block); });
  for (const Event& event : events) blocks.push(event);
  blocks.finish(static_cast<std::int64_t>(length_samples));
  decoder.finish(length_samples);
  return samples;
}

std::optional<int> midi_pitch(double pitch_hz) {
  constexpr int kMidiOfA4 = 69;
  if (!(pitch_hz > 0.0)) return std::nullopt;
  const auto midi = kMidiOfA4 + static_cast<int>(std::lround(12.0 * std::log2(pitch_hz / 440.0)));
  return midi >= 0 && midi <= 127 ? std::optional(midi) : std::nullopt;
}

std::string note_name(double pitch_hz) {
  const auto midi = midi_pitch(pitch_hz);
  return midi ? notes::pitch_name(*midi) : std::string();
}

int vary(const options::VaryOptions& options, const cli::Streams& streams) {
  EventModels models(options.network);
  const auto hearing_for = [&models](const cli::EventInput& input) {
    const EventModel model = model_of(input.name(), input.header(), models);
    return [model](std::span<const Event> events, std::vector<compose::FactValues>& facts) {
      using compose::Fact;
      const auto heard = events::describe(*model, events);
      for (std::size_t i = 0; i < heard.size(); ++i) {
        facts[i][compose::index_of(Fact::duration)] = heard[i].duration_s;
        facts[i][compose::index_of(Fact::loudness)] = heard[i].loudness_db;
        facts[i][compose::index_of(Fact::pitch)] = heard[i].pitch_hz;
        facts[i][compose::index_of(Fact::brightness)] = heard[i].brightness_hz;
        facts[i][compose::index_of(Fact::decay)] = heard[i].decay_s;
      }
    };
  };
  return cli::vary(options, hearing_for, streams);
}

}  // namespace ictus::network
