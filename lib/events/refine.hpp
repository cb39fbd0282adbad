// Refinement: after the encoder's proposal, some steps of gradient descent on the events themselves,
// through the decoder. Costs time, never bits.
#pragma once

#include "models/events/model.hpp"

namespace ictus::events {

/// What refinement may move, what for, and how long.
struct Refinement {
  enum class Aim {
    whole,             ///< everything, towards a whole explanation by few events
    part,              ///< everything, towards taking away as much energy as possible, see Target::left()
    gains_and_onsets,  ///< vectors stay, towards a whole explanation: for after their quantisation
  };
  int steps = 0;
  Aim aim = Aim::whole;
  /// How much few events are preferred to many, 1 as by default.
  double spread_weight = 1.0;
  /// For a part: until when it also reaches out for what it does not overlap with yet. From 0, less and less
  /// so up to the last step, to 1, from the first step to the last.
  double reach = 0.0;
  /// [B, E]: 1 where an onset may move, 0 where it is known. Undefined: all may.
  torch::Tensor free_onsets = {};
  /// Each step looks at every `stride`-th frame, others than the step before: neighbours are much alike.
  int stride = 1;
};

/// Moves vectors, gains and onsets (Adam, Kingma and Ba 2015) so that the events' power added to
/// `carried` comes closer to `sound`. Distances are taken over `frames` frames in full and
/// `tail_frames` more as in models::distance(); the maps hold as many at least. Onsets stay within the
/// first `frames`.
models::Proposal refine(models::EventModel& model, const models::PowerMaps& sound,
                        const models::PowerMaps& carried, const models::Proposal& start, std::int64_t frames,
                        std::int64_t tail_frames, const Refinement& refinement);

}  // namespace ictus::events
