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

  /// One loss of what a whole explanation should be, in dB-like units. Fine bands keep partials apart, mel
  /// bands are what is heard of them: with half of each, instead of fine bands alone, recordings came out
  /// 0.05 to 0.1 dB closer in the log-mel distance after refinement.
  [[nodiscard]] torch::Tensor total() const;
};

/// A sound that explanations are held against: the first `frames` frames of its maps in full. In the
/// `tail_frames` that follow, where later events will still add power, power beyond the sound's counts most;
/// what is lacking counts only where it is not much, as when a sound that goes on is left a little too early.
class Target {
 public:
  Target(const dsp::Bands& bands, const PowerMaps& sound, std::int64_t frames, std::int64_t tail_frames);

  [[nodiscard]] Distance distance(const PowerMaps& explained) const;
  /// A loss of what a part of an explanation should be: as much energy taken away as possible, and nothing
  /// added, in the fine view alone: [B, fine bands, T] -> [B]. With `lacking_weight` what is lacking counts
  /// in dB as well, by the sound's magnitude: energy alone gives no direction to what lies beside the sound.
  [[nodiscard]] torch::Tensor left(const torch::Tensor& explained_fine, double lacking_weight = 0.0) const;

 private:
  struct View {
    torch::Tensor level_db;  ///< [B, bands, frames + tail frames]
    std::int64_t frames, tail_frames;
  };
  [[nodiscard]] static View view_of(const torch::Tensor& power, std::int64_t frames,
                                    std::int64_t tail_frames);
  [[nodiscard]] torch::Tensor convergence(const torch::Tensor& explained_fine) const;

  torch::Tensor mel_of_fine_;
  View fine_, mel_, coarse_;
  torch::Tensor heard_;   ///< [B, fine bands, frames] magnitude
  torch::Tensor energy_;  ///< [B] its norm
};

/// The same in one call.
Distance distance(const dsp::Bands& bands, const PowerMaps& sound, const PowerMaps& explained,
                  std::int64_t frames, std::int64_t tail_frames);

/// Mean |10 log10(power + floor) - level_db| over the first `frames` frames, plus what the rest adds, see
/// Target: [B, bands, T] twice -> [B]. On the CPU, in single precision, value and gradient come from one pass
/// over the bins; elsewhere from torch's own operations.
torch::Tensor level_distance(const torch::Tensor& power, const torch::Tensor& level_db, std::int64_t frames);
torch::Tensor level_distance_by_torch(const torch::Tensor& power, const torch::Tensor& level_db,
                                      std::int64_t frames);

}  // namespace ictus::models
