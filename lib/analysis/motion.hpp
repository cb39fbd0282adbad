// How the pitch of an event moves, followed through single bins.
#pragma once

#include "lib/analysis/propose.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// Follows the partials of `event` from frame `onset` on and, where they move in a way that a glide or a
/// vibrato describes, sets these and the pitch. Where that describes only how they begin to move, the event
/// ends there. What an event is like is known by then, apart from its
/// motion.
void guess_motion(synthesis::EventSound& event, const BinMap& map, int onset);

}  // namespace ictus::analysis
