// Doubles: events that say again, at the same pitch, what another says already.
#pragma once

#include <span>
#include <vector>

#include "lib/analysis/propose.hpp"
#include "lib/analysis/target.hpp"
#include "lib/analysis/vector_fit.hpp"

namespace ictus::analysis {

/// Whether a proposal has the pitch of a known event that sounds then, and the sound `map` does not rise
/// there: what is left is not another note, but what that event fails to say.
bool is_double(const synthesis::EventSound& proposal, std::span<const synthesis::EventSound> known,
               const BinMap& map);

/// Lets events take over the energy of weaker ones of their pitch, the least missed first, as long as the
/// distance rises by no more than `most_db_s` for each, in dB times the seconds of the target.
std::vector<VectorEvent> without_doubles(std::vector<VectorEvent> events,
                                         const synthesis::TimbreNetwork& network, const Target& target,
                                         const PowerMaps& carried, float most_db_s);

}  // namespace ictus::analysis
