// The events of blocks, one after the other.
#pragma once

#include <vector>

#include "formats/event.hpp"

namespace ictus::tests {

inline std::vector<Event> events_of(const std::vector<EventBlock>& blocks) {
  std::vector<Event> events;
  for (const EventBlock& block : blocks)
    events.insert(events.end(), block.events.begin(), block.events.end());
  return events;
}

}  // namespace ictus::tests
