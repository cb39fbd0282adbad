// How far an explanation is from a sound: what training lowers and what refinement lowers.
#pragma once

#include "models/events/power_maps.hpp"

namespace ictus::models {

/// Means over bands and frames, one number a batch item: [B].
struct Distance {
  torch::Tensor fine_db;      ///< mean |difference of log power| in the fine view
  torch::Tensor coarse_db;    ///< the same in the coarse view
  torch::Tensor convergence;  ///< |magnitude difference| / |magnitude| in the fine view (Arik et al. 2019)
  torch::Tensor excess_db;    ///< mean level by which the explanation is louder, fine view

  /// One loss of what a whole explanation should be, in dB-like units.
  [[nodiscard]] torch::Tensor total() const;
  /// The same of a part of one: as much energy taken away as possible, and nothing added.
  [[nodiscard]] torch::Tensor left() const;
};

/// Compares the first `frames` frames in full. In the `tail_frames` that follow, where later events
/// will still add power, only power beyond the sound's counts.
Distance distance(const PowerMaps& sound, const PowerMaps& explained, std::int64_t frames,
                  std::int64_t tail_frames);

}  // namespace ictus::models
