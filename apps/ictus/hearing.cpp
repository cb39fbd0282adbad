#include "apps/ictus/hearing.hpp"

#include "lib/compose/reblock.hpp"
#include "lib/core/utf8.hpp"
#include "lib/notes/note_name.hpp"
#include "lib/player/midi.hpp"
#include "lib/synthesis/decoder.hpp"

namespace ictus::front {

std::vector<float> decode_mono(const cli::EventModel& model, std::span<const Event> events, int channels,
                               std::uint64_t length_samples) {
  std::vector<float> samples;
  const auto count = static_cast<std::size_t>(channels);
  synthesis::Decoder decoder(model, channels, [&](std::span<const float> block) {
    for (std::size_t at = 0; at < block.size(); at += count)
      samples.push_back(channels == 1 ? block[at] : 0.5F * (block[at] + block[at + 1]));
  });
  // In blocks, so that an event is rendered only while it sounds.
  compose::Reblocker blocks([&](const EventBlock& block) { decoder.push(block); });
  for (const Event& event : events) blocks.push(event);
  blocks.finish(static_cast<std::int64_t>(length_samples));
  decoder.finish(length_samples);
  return samples;
}

std::string note_name(double pitch_hz) {
  const auto midi = player::midi_pitch(pitch_hz);
  return midi ? notes::pitch_name(*midi) : std::string();
}

std::string title_of(const formats::EventStreamHeader& header) {
  std::string title;
  for (const auto& [field, value] : header.tags) {
    if (lower_case(field) != "title" || value.empty()) continue;
    title += title.empty() ? value : " / " + value;
  }
  return title;
}

}  // namespace ictus::front
