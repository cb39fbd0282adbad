// What an event sounds like, in words a person uses.
#pragma once

#include <span>
#include <vector>

#include "formats/event.hpp"
#include "lib/events/model_file.hpp"

namespace ictus::events {

struct EventDescription {
  double duration_s = 0.0;     ///< from the onset until its power stays 40 dB below its loudest moment
  double loudness_db = 0.0;    ///< power of its loudest moment (93 ms); 0 dB is that of a sine of full scale
  double pitch_hz = 0.0;       ///< of the strongest harmonic series; 0 where no pitch stands out
  double brightness_hz = 0.0;  ///< centroid of its power spectrum
  double decay_s = 0.0;        ///< time to fall by 60 dB, from the slope after the loudest moment
};

/// What every event sounds like by itself, for 20 s at most; which events are given together makes no
/// difference. Throws ictus::Error when a region of the model has less than two bands.
std::vector<EventDescription> describe(const LoadedModel& model, std::span<const Event> events);

}  // namespace ictus::events
