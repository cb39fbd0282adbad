// Which events are worth their place in a list.
#pragma once

#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// By how much the distance grows without each of the events, in dB times the seconds of the stretch: what an
/// event does for the whole of a sound, however long the stretch is that it was looked at in.
std::vector<float> worths(const std::vector<synthesis::EventSound>& events, const Target& target,
                          const PowerMaps& carried);

/// The places of those that are left, in rising order, when the least worthy are taken away until each of the
/// rest is worth `least_db_s` or more, and there are `most` at most.
std::vector<std::size_t> worthy(const std::vector<synthesis::EventSound>& events, const Target& target,
                                const PowerMaps& carried, float least_db_s, std::size_t most);

}  // namespace ictus::analysis
