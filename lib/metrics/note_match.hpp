// How many notes were found, of those that are there.
#pragma once

#include <cstddef>
#include <span>

namespace ictus::metrics {

struct OnsetAndPitch {
  double onset_s = 0.0;
  double pitch_midi = 0.0;  ///< 60 is middle C; fractions of a semitone are allowed
};

constexpr double kOnsetToleranceS = 0.05;
constexpr double kPitchToleranceSemitones = 0.5;

struct NoteMatch {
  std::size_t matched = 0;
  double precision = 0.0;  ///< of the notes found, how many are true; 0 if none was found
  double recall = 0.0;     ///< of the true notes, how many were found; 0 if there are none
  double f1 = 0.0;         ///< the harmonic mean of both; 0 if one is
};

/// In the order of `truth`, each note takes of those found the one with the nearest onset that no other has
/// taken, the first of several, if onset and pitch are no farther off than the tolerances.
[[nodiscard]] NoteMatch match_notes(std::span<const OnsetAndPitch> truth,
                                    std::span<const OnsetAndPitch> found);

}  // namespace ictus::metrics
