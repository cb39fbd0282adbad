// What an event sounds like, in words a person uses.
#pragma once

#include <span>
#include <vector>

#include "lib/synthesis/event_model.hpp"

namespace ictus::synthesis {

struct EventDescription {
  double duration_s = 0.0;     ///< from the onset until its power stays 40 dB below its loudest moment
  double loudness_db = 0.0;    ///< power of its loudest moment (93 ms); 0 dB is that of a sine of full scale
  double pitch_hz = 0.0;       ///< read from its numbers; 0 where its noise is heard more than its partials
  double first_hz = 0.0;       ///< of its first partial, which may not be heard; 0 where there is no pitch
  double tonal_db = 0.0;       ///< power of its partials, against all of it
  double brightness_hz = 0.0;  ///< centroid of its power spectrum
  double decay_s = 0.0;        ///< time to fall by 60 dB, from the slope after the loudest moment
};

/// What every event sounds like by itself, for 20 s at most.
std::vector<EventDescription> describe(const EventModel& model, std::span<const Event> events);

}  // namespace ictus::synthesis
