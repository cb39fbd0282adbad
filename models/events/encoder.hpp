// The encoder: looks at a window's spectrogram and at what has been explained of it, and proposes
// the next events.
#pragma once

#include "lib/dsp/bands.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "models/events/config.hpp"

namespace ictus::models {

/// Power in both views of a stretch of sound, relative to a reference level (so that its loudest
/// part is near 1).
struct PowerMaps {
  torch::Tensor fine;    ///< [B, fine bands, T]
  torch::Tensor coarse;  ///< [B, coarse bands, T * coarse_per_fine]
};

/// Proposed events.
struct Proposal {
  torch::Tensor vectors;        ///< [B, E, 32] in (-1, 1)
  torch::Tensor log_gain;       ///< [B, E] natural log of power relative to the reference level
  torch::Tensor onset_samples;  ///< [B, E] from the centre of the window's first frame
};

/// Powers below this part of the reference level are silence: 70 dB, as in the log-mel distance.
inline constexpr double kPowerFloor = 1e-7;

class EventEncoderImpl : public torch::nn::Module {
 public:
  EventEncoderImpl(const EventModelConfig& config, const dsp::Bands& bands);

  /// Proposes `count` events with onsets at different frames of the window's first half. Both maps
  /// hold seen_frames() frames at least. `score_noise` [B, hop frames], where given, is added to
  /// the scores before the choice, so that training explores.
  Proposal propose(const PowerMaps& sound, const PowerMaps& explained, std::int64_t count,
                   const torch::Tensor& score_noise = {});

 private:
  torch::Tensor features(const PowerMaps& maps) const;

  EventModelConfig config_;
  torch::Tensor widths_;  // [fine bands]
  torch::nn::Conv1d in_{nullptr};
  torch::nn::ModuleList layers_;
  torch::nn::Conv1d out_{nullptr}, heads_{nullptr};
  std::vector<torch::Tensor> scales_;
};
TORCH_MODULE(EventEncoder);

}  // namespace ictus::models
