// The model: an event as power in bands. Powers of events add.
#pragma once

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

/// Adds an event's power, times `scale`, to a map whose frame 0 is centred at time 0; the onset is relative to
/// that. What of it is weaker than `least_power` everywhere is left out.
///
/// A partial is the main lobe of the window, placed at its exact frequency in every frame, as wide as its pitch
/// moves while the window lasts; noise is a density. Both follow the envelopes of time_course.hpp.
void add_power(const EventSound& sound, const BandView& view, float least_power, float scale, PowerMap& map);

/// `slope` is the gradient by the map that add_power() adds to, with a scale of 1. Adds that by the sound.
void add_power_gradient(const EventSound& sound, const BandView& view, float least_power, const PowerMap& slope,
                        EventSound& gradient);

}  // namespace ictus::synthesis
