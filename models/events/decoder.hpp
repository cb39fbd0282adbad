// The decoder: from an event's vector to the power it adds to the spectrogram, by simple physics: an
// attack, a resonance that moves from one spectrum to another while every region of frequency decays
// at its own rate, a damper, and the room's answer. What is physical is chosen from learned sets.
#pragma once

#include <array>

#include "lib/dsp/bands.hpp"
#include "lib/dsp/torch_compat.hpp"
#include "models/events/config.hpp"
#include "models/events/event_shape.hpp"

namespace ictus::models {

/// Which of the two views of the spectrum is wanted, see dsp::Bands.
enum class View { fine, coarse };

/// Which frames of a view are wanted: each, or every `stride`-th from `first` on.
struct FrameStep {
  int stride = 1;
  int first = 0;
};

class EventDecoderImpl : public torch::nn::Module {
 public:
  explicit EventDecoderImpl(const EventModelConfig& config, const dsp::Bands& bands);

  /// Vectors [..., 32], each number in [-1, 1].
  EventShape shape(const torch::Tensor& vectors);

  /// Power of events [B, E] in `frames` frames of a view: [B, bands, frames]. Powers of events add.
  /// `gain` [B, E] is linear power, `onset_samples` [B, E] is relative to the centre of the first
  /// frame. Differentiable in all three.
  torch::Tensor render(const EventShape& shape, const torch::Tensor& gain, const torch::Tensor& onset_samples,
                       View view, std::int64_t frames, FrameStep step = {});

  /// From here on the weights stay as they are: what follows from them alone is computed once.
  void freeze();

  /// Starts the learned spectra from power densities [resonances, fine bands] seen in music.
  void start_resonances_from(const torch::Tensor& densities);

 private:
  torch::Tensor windowed_attacks(const torch::Tensor& attacks, int window_samples);
  /// Attacks as frames see them, [attacks + 1, steps]. The last row is the step that starts the room.
  torch::Tensor attack_tables(View view);
  torch::Tensor bent(const torch::Tensor& density, const torch::Tensor& log_ratio) const;

  EventModelConfig config_;
  const dsp::Bands& bands_;
  torch::nn::Linear in_{nullptr}, hidden_{nullptr};
  torch::nn::Linear resonance_choice_{nullptr}, filter_{nullptr}, second_level_{nullptr};
  torch::nn::Linear attack_choice_{nullptr}, decay_choice_{nullptr}, crossfade_choice_{nullptr};
  torch::nn::Linear room_choice_{nullptr}, hold_choice_{nullptr}, bend_{nullptr}, contour_{nullptr};
  torch::Tensor resonances_;   // [resonances, fine bands], logits over bands
  torch::Tensor attacks_;      // [attacks, attack steps], before softplus
  torch::Tensor decays_;       // [decays, 2 * regions], log of rate
  torch::Tensor crossfades_;   // [crossfades], log of rate
  torch::Tensor room_rates_;   // [rooms, regions], log of rate
  torch::Tensor room_levels_;  // [rooms, regions], log of power
  torch::Tensor holds_;        // [holds, 2], logs of seconds and of damping rate
  struct Frozen {
    torch::Tensor resonances;              // [resonances, fine bands], shares
    std::array<torch::Tensor, 2> attacks;  // by View
  } frozen_;
  torch::Tensor knots_;       // [filter knots, fine bands], fixed linear interpolation
  torch::Tensor bend_steps_;  // [fine bands], bands to the power e of a band's frequency, fixed
};
TORCH_MODULE(EventDecoder);

}  // namespace ictus::models
