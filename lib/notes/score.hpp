// Reading Standard MIDI Files: the notes that a synthesiser would be told to play.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace ictus::notes {

inline constexpr int kDrumChannel = 9;  ///< counted from 0

/// A note as it sounds: until its key is let go, or the pedal.
struct ScoreNote {
  double onset_s;
  double duration_s;
  int channel;   ///< 0 .. 15
  int program;   ///< 0 .. 127, General MIDI's instruments
  int key;       ///< 0 .. 127, 60 is middle C
  int velocity;  ///< 1 .. 127
  /// How far above its key the pitch is when it begins, and from `bend_s` after that on, where the wheel last
  /// moved. On the way it is taken to move evenly.
  double begin_semitones = 0.0, end_semitones = 0.0, bend_s = 0.0;
  double level_db = 0.0;   ///< of volume and expression; 0 where neither was touched
  double position = 0.0;   ///< -1: left, 1: right
  bool is_placed = false;  ///< whether the score says a position
};

struct Score {
  std::vector<ScoreNote> notes;  ///< in order of onset; those that begin together in the order of the file
  double length_s = 0.0;         ///< until the last thing in the file happens
  std::string title;             ///< the name of the first track, as it stands there
};

/// How many dB softer than 127 a velocity, or a volume, is: 40 log10 of its part (Downloadable Sounds, Level
/// 1).
[[nodiscard]] double level_of_velocity(int velocity);

/// Reads a Standard MIDI File (MIDI Manufacturers Association 1996) of format 0 or 1, in ticks a quarter note
/// or of a SMPTE frame: notes, running status, tempo, programs, pitch wheels and their ranges, volume,
/// expression, position, and the sustaining pedal. Throws ictus::Error that says what is wrong, and at which
/// byte.
[[nodiscard]] Score read_score(std::span<const std::byte> bytes);

}  // namespace ictus::notes
