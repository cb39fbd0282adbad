// One event by itself, as sound.
#pragma once

#include <vector>

#include "formats/event.hpp"
#include "lib/events/model_file.hpp"

namespace ictus::events {

/// The samples of an event from its onset on, at the model's rate. They end where its power stays
/// `audible_db` below its loudest moment, after `most_seconds` at the latest, and are faded out over the last
/// 20 ms. They are the same wherever the event lies in its stream.
std::vector<float> render_solo(const LoadedModel& model, const Event& event, double audible_db,
                               double most_seconds);

}  // namespace ictus::events
