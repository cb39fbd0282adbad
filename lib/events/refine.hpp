// Refinement: after the encoder's proposal, some steps of gradient descent on the events themselves,
// through the decoder. Costs time, never bits.
#pragma once

#include "models/events/model.hpp"

namespace ictus::events {

/// What refinement may move.
enum class Moves {
  everything,
  gains_and_onsets,  ///< vectors stay: for after their quantisation
};

/// Moves vectors, gains and onsets (Adam, Kingma and Ba 2015) so that the events' power added to
/// `carried` comes closer to `sound`. Distances are taken over `frames` frames in full and
/// `tail_frames` more as in models::distance(); the maps hold as many at least. Onsets stay within the
/// first `frames`.
models::Proposal refine(models::EventModel& model, const models::PowerMaps& sound,
                        const models::PowerMaps& carried, const models::Proposal& start, int steps,
                        std::int64_t frames, std::int64_t tail_frames, Moves moves = Moves::everything);

}  // namespace ictus::events
