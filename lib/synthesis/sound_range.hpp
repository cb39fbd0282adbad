// What the numbers of an event can be.
#pragma once

#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

/// The least and the most that each number of an event can be, but for the onset.
const EventSound& lowest_sound();
const EventSound& highest_sound();
/// Every number within its range.
void hold_in_range(EventSound& sound);

/// Slopes that would move a number beyond its range are 0: `held` lies within, at an end where it was held
/// there.
void stop_at_range(const EventSound& held, EventSound& slope);

}  // namespace ictus::synthesis
