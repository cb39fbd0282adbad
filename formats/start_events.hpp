// The events that a coded stream begins as if it had held; see SPEC.md, section 24.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "formats/event.hpp"
#include "formats/quantise.hpp"

namespace ictus::formats {

struct StartEvent {
  std::array<std::uint16_t, kEventVectorSize> vector;  ///< symbols, of the standard steps
  int gain_centibels;
};

/// None where numbers have other steps than the standard ones: what is usual for these says nothing of
/// others.
[[nodiscard]] std::span<const StartEvent> start_events(const EventCoding& coding);

}  // namespace ictus::formats
