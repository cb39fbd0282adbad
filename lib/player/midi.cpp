#include "lib/player/midi.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lib/core/pitch.hpp"
#include "lib/notes/midi_file.hpp"
#include "lib/synthesis/event_notes.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::player {
namespace {

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

}  // namespace

std::optional<int> midi_pitch(double pitch_hz) {
  if (!(pitch_hz > 0.0)) return std::nullopt;
  const auto midi = static_cast<int>(std::lround(key_of_hz(pitch_hz)));
  return midi >= 0 && midi <= 127 ? std::optional(midi) : std::nullopt;
}

std::string midi_of(const synthesis::EventModel& model, std::span<const Event> events, double sample_rate_hz,
                    std::string_view title, bool bends) {
  const std::vector<synthesis::EventDescription> heard = synthesis::describe(model, events);
  std::vector<double> onsets_s;
  for (const Event& event : events)
    onsets_s.push_back(static_cast<double>(event.onset_samples) / sample_rate_hz);
  const std::vector<synthesis::EventNote> among = synthesis::notes_among(onsets_s, heard);
  double loudest_db = -std::numeric_limits<double>::infinity();
  for (const synthesis::EventNote& note : among) loudest_db = std::max(loudest_db, note.level_db);
  std::vector<notes::MidiNote> notes;
  for (const synthesis::EventNote& note : among) {
    const synthesis::EventDescription& sound = heard[note.event];
    const auto pitch = midi_pitch(sound.pitch_hz);
    if (!pitch) continue;
    notes.push_back(
        {onsets_s[note.event], sound.duration_s, *pitch, notes::velocity_of(note.level_db - loudest_db)});
    if (bends)
      notes.back().bends =
          bends_of(model.sound_of(events[note.event]), sound.pitch_hz, *pitch, sound.duration_s);
  }
  return notes.empty() ? std::string() : notes::midi_file(notes, title);
}

}  // namespace ictus::player
