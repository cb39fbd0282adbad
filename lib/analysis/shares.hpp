// What each of some events has of a sound: its power, in the frames in which it sounds.
#pragma once

#include <span>
#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// Power of an event in the frames of a map in which it sounds, from frame `begin` on.
struct MapShare {
  int begin;
  synthesis::PowerMap power;
};

/// The shares of events in a map of so many frames; what is below `least_power` is left out.
std::vector<MapShare> map_shares_of(std::span<const synthesis::EventSound> events,
                                    const synthesis::BandView& view, int frames, float least_power);
/// Adds its power, times `scale`.
void add(const MapShare& share, float scale, synthesis::PowerMap& to);
/// The sum of its power times what is in the same place of the map.
float inner(const MapShare& share, const synthesis::PowerMap& other);

/// Power of an event in every second frame of both maps, from frame `begin` on.
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

/// What is done with events one by one against a target: their shares, and the sum of all and of what is
/// carried, in thinned frames.
class SumOfShares {
 protected:
  SumOfShares(const std::vector<synthesis::EventSound>& events, const Target& target,
              const PowerMaps& carried);

  Target target_;
  PowerMaps sum_;
  float seconds_;
  std::vector<Share> shares_;
};

}  // namespace ictus::analysis
