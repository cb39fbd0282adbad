// What each of some events has of a sound: its power, in the frames in which it sounds.
#pragma once

#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// Power of an event in every second frame, from frame `begin` of such maps on.
struct Share {
  int begin;
  PowerMaps power;
};

/// The shares of events in a target whose frames are thinned. They begin and end with its blocks.
std::vector<Share> shares_of(const std::vector<synthesis::EventSound>& events, const Target& target);

/// Adds its power, times `scale`, to maps of all frames, or of those from `first` on.
void add(const Share& share, float scale, PowerMaps& to, int first = 0);

/// The sum of its power times what is in the same place of maps of all frames.
float inner(const Share& share, const PowerMaps& other);

}  // namespace ictus::analysis
