// Playing the notes of a score with events: which event a note takes, and how it becomes that note.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "formats/event.hpp"
#include "lib/compose/vector_spread.hpp"
#include "lib/notes/score.hpp"

namespace ictus::compose {

/// An event that notes can be played with, by the standard numbers.
struct Voice {
  Event event;
  double brightness_hz;  ///< where the middle of its spectrum lies
};

/// What is known of the sound of vectors.
struct VectorSounds {
  /// Makes it brighter by so many dB an octave.
  std::function<void(Vector& vector, double db_an_octave)> brighten;
  /// The energy of an event of 0 dB, dB.
  std::function<double(const Vector& vector)> energy_db;
};

/// Sounds for the notes of a channel. Velocity 127 is as loud as the loudest of them.
class Instrument {
 public:
  /// Of these voices those that stand out are used: what is far weaker than the strongest is a part of some
  /// other sound. Throws ictus::Error where there is none with a pitch, or for drums none at all.
  Instrument(std::vector<Voice> voices, bool is_drums, VectorSounds sounds);

  /// The note as an event without an onset: the voice that is nearest in pitch and loudness, at the note's
  /// pitch and position, held as long, and as much brighter as it is louder than it was. At the note's gain
  /// it has the energy it would have at its own pitch. A drum keeps its pitch and rings as long as it does.
  /// Nothing where the pitch lies beyond what a stream holds.
  [[nodiscard]] std::optional<Event> play(const notes::ScoreNote& note);

 private:
  [[nodiscard]] std::size_t voice_for(const notes::ScoreNote& note, double gain_db) const;
  /// What makes up for what a voice loses where it plays a key, dB.
  [[nodiscard]] double made_up_db(std::size_t voice, int key);

  std::vector<Voice> voices_;
  bool is_drums_;
  VectorSounds sounds_;
  double loudest_db_;
  std::map<std::pair<std::size_t, int>, Vector> brightened_;  ///< by voice and half decibels an octave
  std::map<std::pair<std::size_t, int>, double> made_up_db_;  ///< by voice and key
};

}  // namespace ictus::compose
