// How far an explanation is from a sound: what training lowers and what refinement lowers.
#pragma once

#include "lib/dsp/bands.hpp"
#include "models/events/power_maps.hpp"

namespace ictus::models {

/// Means over bands and frames, one number a batch item: [B].
struct Distance {
  torch::Tensor fine_db;      ///< mean |difference of log power| in the fine view
  torch::Tensor mel_db;       ///< the same of the fine view in mel bands
  torch::Tensor coarse_db;    ///< the same in the coarse view
  torch::Tensor convergence;  ///< |magnitude difference| / |magnitude| in the fine view (Arik et al. 2019)
  torch::Tensor excess_db;    ///< mean level by which the explanation is louder, fine view

  /// One loss of what a whole explanation should be, in dB-like units. Fine bands keep partials apart, mel
  /// bands are what is heard of them: with half of each, instead of fine bands alone, recordings came out
  /// 0.05 to 0.1 dB closer in the log-mel distance after refinement.
  [[nodiscard]] torch::Tensor total() const;
  /// The same of a part of one: as much energy taken away as possible, and nothing added.
  [[nodiscard]] torch::Tensor left() const;
};

/// Compares the first `frames` frames in full. In the `tail_frames` that follow, where later events
/// will still add power, power beyond the sound's counts most; what is lacking counts only where it is not
/// much, as when a sound that goes on is left a little too early.
Distance distance(const dsp::Bands& bands, const PowerMaps& sound, const PowerMaps& explained,
                  std::int64_t frames, std::int64_t tail_frames);

}  // namespace ictus::models
