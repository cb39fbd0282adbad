// One event by itself, as sound.
#pragma once

#include <vector>

#include "lib/synthesis/event_model.hpp"

namespace ictus::synthesis {

/// The samples of an event from its onset on, `channels` (1 or 2) side by side. They end where its power
/// stays `audible_db` below its loudest moment, after `most_seconds` at the latest, and are faded out over
/// the last 20 ms. They are the same wherever the event lies in its stream.
std::vector<float> render_solo(const EventModel& model, const Event& event, int channels, double audible_db,
                               double most_seconds);

}  // namespace ictus::synthesis
