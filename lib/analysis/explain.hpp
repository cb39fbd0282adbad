// Explaining a stretch of sound by events: look at what is left, propose, fit, look again.
#pragma once

#include <span>
#include <vector>

#include "lib/analysis/stretch.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

struct Look {
  int events;  ///< that it proposes at most
  int steps;   ///< of fitting all that are there by then
};

/// Events by as many looks, in order of their finding. With `motion`, pitches that move are followed.
std::vector<synthesis::EventSound> explain(const Stretch& stretch, std::span<const Look> looks, bool motion);

}  // namespace ictus::analysis
