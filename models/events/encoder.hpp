// The encoder: looks at a window's spectrogram and at what has been explained of it, and proposes
// the next events.
#pragma once

#include <vector>

#include "lib/dsp/bands.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "models/events/config.hpp"
#include "models/events/power_maps.hpp"

namespace ictus::models {

/// Proposed events.
struct Proposal {
  torch::Tensor vectors;        ///< [B, E, 32] in (-1, 1)
  torch::Tensor log_gain;       ///< [B, E] natural log of power relative to the reference level
  torch::Tensor onset_samples;  ///< [B, E] from the centre of the window's first frame
};

/// All events of several proposals.
Proposal joined(const std::vector<Proposal>& proposals);

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
