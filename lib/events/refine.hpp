// Refinement: after the encoder's proposal, some steps of gradient descent on the events themselves,
// through the decoder. Costs time, never bits.
#pragma once

#include "models/events/model.hpp"

namespace ictus::events {

/// What refinement may move, and what for.
enum class Refinement {
  whole,  ///< everything, towards a whole explanation
  part,   ///< everything, towards taking away as much energy as possible, see models::Target::left()
  gains_and_onsets,  ///< vectors stay, towards a whole explanation: for after their quantisation
};

/// Moves vectors, gains and onsets (Adam, Kingma and Ba 2015) so that the events' power added to
/// `carried` comes closer to `sound`. Distances are taken over `frames` frames in full and
/// `tail_frames` more as in models::distance(); the maps hold as many at least. Onsets stay within the
/// first `frames`.
/// `spread_weight` says how much few events are preferred, 1 as by default.
models::Proposal refine(models::EventModel& model, const models::PowerMaps& sound,
                        const models::PowerMaps& carried, const models::Proposal& start, int steps,
                        std::int64_t frames, std::int64_t tail_frames,
                        Refinement refinement = Refinement::whole, double spread_weight = 1.0);

}  // namespace ictus::events
