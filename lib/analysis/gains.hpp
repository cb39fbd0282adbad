// How loud events are, so that energy is right.
#pragma once

#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// Changes only the gains of events, so that their powers in fine bands, with what is `carried`, sum to those
/// of the sound: a fit by levels lies at the median of a power that fluctuates, some 1.6 dB below its mean.
/// It is for explanations that leave little over: what is left goes into the gains of what is near.
///
/// Multiplicative updates of D. D. Lee and H. S. Seung (Algorithms for non-negative matrix factorization,
/// NIPS 2000) for the generalised Kullback-Leibler divergence, at whose minimum energies are alike.
void balance_gains(std::vector<synthesis::EventSound>& events, const Target& target,
                   const synthesis::PowerMap& carried);

}  // namespace ictus::analysis
