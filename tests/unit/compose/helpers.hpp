// Short lists of events for tests.
#pragma once

#include <vector>

#include "formats/event.hpp"
#include "lib/compose/join.hpp"

namespace ictus::compose {

/// An event all of whose numbers are the same.
inline Event event_at(std::int64_t onset_samples, float gain_db = 0.0F, float number = 0.0F) {
  Event event{onset_samples, gain_db, {}};
  event.vector.fill(number);
  return event;
}

inline std::vector<std::int64_t> onsets_of(const std::vector<Event>& events) {
  std::vector<std::int64_t> onsets;
  for (const Event& event : events) onsets.push_back(event.onset_samples);
  return onsets;
}

/// Collects blocks, and checks that they are what a file can hold.
struct Collector {
  std::vector<EventBlock> blocks;
  std::vector<Event> events;

  EmitBlock take() {
    return [this](const EventBlock& block) {
      std::int64_t from = blocks.empty() ? 0 : blocks.back().end_samples;
      CHECK(block.end_samples >= from);
      CHECK(block.events.size() <= kMaxEventsPerBlock);
      for (const Event& event : block.events) {
        CHECK(event.onset_samples >= from);
        CHECK(event.onset_samples < block.end_samples);
        from = event.onset_samples;
      }
      blocks.push_back(block);
      events.insert(events.end(), block.events.begin(), block.events.end());
    };
  }
};

/// A list as a source of blocks.
inline NextBlock blocks_of(std::vector<EventBlock> blocks) {
  return [blocks = std::move(blocks), at = std::size_t{0}]() mutable -> std::optional<EventBlock> {
    return at < blocks.size() ? std::optional(blocks[at++]) : std::nullopt;
  };
}

}  // namespace ictus::compose
