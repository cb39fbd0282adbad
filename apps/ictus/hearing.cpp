#include "apps/ictus/hearing.hpp"

#include <cmath>

#include "lib/compose/reblock.hpp"
#include "lib/core/pitch.hpp"
#include "lib/notes/note_name.hpp"
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

std::optional<int> midi_pitch(double pitch_hz) {
  if (!(pitch_hz > 0.0)) return std::nullopt;
  const auto midi = static_cast<int>(std::lround(key_of_hz(pitch_hz)));
  return midi >= 0 && midi <= 127 ? std::optional(midi) : std::nullopt;
}

std::string note_name(double pitch_hz) {
  const auto midi = midi_pitch(pitch_hz);
  return midi ? notes::pitch_name(*midi) : std::string();
}

}  // namespace ictus::front
