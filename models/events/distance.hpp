// How far an explanation is from a sound: what training lowers and what refinement lowers.
#pragma once

#include "models/events/power_maps.hpp"

namespace ictus::models {

/// Means over bands and frames, one number a batch item: [B].
struct Distance {
  torch::Tensor fine_db;      ///< mean |difference of log power| in the fine view
  torch::Tensor coarse_db;    ///< the same in the coarse view
  torch::Tensor convergence;  ///< |magnitude difference| / |magnitude| in the fine view (Arik et al. 2019)

  /// One loss of all three, in dB-like units.
  [[nodiscard]] torch::Tensor total() const;
};

/// Compares the first `frames` frames in full. In the `tail_frames` that follow, where later events
/// will still add power, only power beyond the sound's counts.
Distance distance(const PowerMaps& sound, const PowerMaps& explained, std::int64_t frames,
                  std::int64_t tail_frames);

}  // namespace ictus::models
