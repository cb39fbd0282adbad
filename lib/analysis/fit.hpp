// Fitting: gradient steps on events themselves, through the model of their power.
#pragma once

#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// A sound in the middle of all ranges: what a proposal knows nothing better of.
synthesis::EventSound plain_sound();

/// The least and the most that each number of an event can be, but for onset and gain.
const synthesis::EventSound& lowest_sound();
const synthesis::EventSound& highest_sound();
/// Every number within its range.
void hold_in_range(synthesis::EventSound& sound);

/// Slopes that would move a number beyond its range are 0: `held` lies within, at an end where it was held
/// there.
void stop_at_range(const synthesis::EventSound& held, synthesis::EventSound& slope);

/// Moves the events so that their power, added to `carried`, comes closer to the target (Adam, Kingma and Ba
/// 2015). Returns the distance after the last step, in dB.
float fit(std::vector<synthesis::EventSound>& events, const Target& target, const PowerMaps& carried,
          int steps);

}  // namespace ictus::analysis
