// Explaining a window: look, render what was proposed, look again at what is left.
#pragma once

#include "models/events/model.hpp"

namespace ictus::events {

/// Proposes up to `most_events` events, as many at a look as the model was trained for, for what
/// `carried` leaves of `sound`. Ends early when every window of the batch is explained to less than
/// `close_enough_db` in the fine view. The looks before `first_look` have been taken already. Where nothing
/// is proposed, the tensors hold no events.
models::Proposal propose(models::EventModel& model, const models::PowerMaps& sound,
                         const models::PowerMaps& carried, int most_events, double close_enough_db = 0.0,
                         std::size_t first_look = 0);

}  // namespace ictus::events
