// Where events are heard between left and right.
#pragma once

#include <span>
#include <vector>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// A position from -1 to 1 for each event, so that the powers of all come as near as they can to those of the
/// left and of both channels, in fine bands. `carried` is what is explained already, its left part and both.
///
/// Shares between left and right, by the multiplicative updates of D. D. Lee and H. S. Seung (Algorithms for
/// non-negative matrix factorization, NIPS 2000) for the generalised Kullback-Leibler divergence, with the
/// power of each event fixed.
std::vector<float> positions_of(std::span<const synthesis::EventSound> events,
                                const synthesis::PowerMap& left, const synthesis::PowerMap& both,
                                const synthesis::PowerMap& carried_left, const synthesis::PowerMap& carried);

}  // namespace ictus::analysis
