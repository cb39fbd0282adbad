// Which of the proposed events are worth their bits.
#pragma once

#include <cstddef>
#include <vector>

#include "models/events/model.hpp"

namespace ictus::events {

/// An event of a proposal, and by how many dB (sum of both views) the first frames of the explanation are
/// farther from the sound without it.
struct WorthyEvent {
  std::int64_t index;
  double worth_db;
};

/// Leaves out events of a proposal for one window [1, E], one by one and always the least worthy of those
/// that are left, until there are at most `most` and each is worth `least_db` or more. What is left, the
/// worthiest first.
std::vector<WorthyEvent> worthy_events(models::EventModel& model, const models::PowerMaps& sound,
                                       const models::PowerMaps& carried, const models::Proposal& proposal,
                                       std::int64_t frames, std::size_t most, double least_db);

}  // namespace ictus::events
