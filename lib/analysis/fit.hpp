// Fitting: gradient steps on events themselves, through the model of their power.
#pragma once

#include <cstddef>
#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// A sound in the middle of all ranges: what a proposal knows nothing better of.
synthesis::EventSound plain_sound();

/// Frames of which a step looks at one: four for many events, where two take a tenth longer and come no
/// nearer.
int frames_for_one(std::size_t events);

/// Moves the events so that their power, added to `carried`, comes closer to the target (Adam, Kingma and Ba
/// 2015). Returns the distance after the last step, in dB.
float fit(std::vector<synthesis::EventSound>& events, const Target& target, const PowerMaps& carried,
          int steps);

}  // namespace ictus::analysis
