// The notes of a stream as a MIDI file.
#include "lib/player/midi.hpp"

#include <doctest/doctest.h>

#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::player {

TEST_CASE("pitches are the nearest keys") {
  CHECK(midi_pitch(440.0) == 69);
  CHECK(midi_pitch(452.0) == 69);
  CHECK(midi_pitch(453.0) == 70);
  CHECK_FALSE(midi_pitch(0.0));
  CHECK_FALSE(midi_pitch(20000.0));
}

TEST_CASE("what has a pitch is a note, and noise alone is no file") {
  const auto model = synthesis::plain_model();
  std::vector<Event> events = {synthesis::plain_event(440.0F, -12.0F)};
  const std::string midi = midi_of(*model, events, synthesis::kRate, "A", false);
  CHECK(midi.starts_with("MThd"));
  CHECK(midi.find("\x90\x45\x7F") != std::string::npos);
  synthesis::set(events[0], synthesis::kBalance, -40.0F);
  CHECK(midi_of(*model, events, synthesis::kRate, "A", false).empty());
}

}  // namespace ictus::player
