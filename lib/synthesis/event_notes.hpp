// Which events people hear as notes.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/synthesis/describe.hpp"

namespace ictus::synthesis {

/// An event that is heard as a note, and how loud: 0 dB is a sine of full scale that lasts.
struct EventNote {
  std::size_t event;  ///< its place
  double level_db;
};

/// Of events in order of onset, those that are notes, in order: with a pitch, and neither a part of a louder
/// one that begins with them (the same key again, a partial, or a tone below of which it is a partial), nor
/// the knock with which a longer one begins, nor far softer than what is heard around them. Where two events
/// have the partials of one tone between them, the note is that with the first partial. How loud a note is
/// goes by its loudest moment, by how long it lasts where that is short, by how much of it is tone, and by
/// what begins with it at its partials.
[[nodiscard]] std::vector<EventNote> notes_among(std::span<const double> onsets_s,
                                                 std::span<const EventDescription> heard);

}  // namespace ictus::synthesis
