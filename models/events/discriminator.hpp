// The critic of training: tells log spectrograms of sounds from those of explanations.
#pragma once

#include "lib/dsp/torch_compat.hpp"
#include "models/events/config.hpp"

namespace ictus::models {

class EventDiscriminatorImpl : public torch::nn::Module {
 public:
  explicit EventDiscriminatorImpl(const EventModelConfig& config);
  /// Power relative to the reference level [B, fine bands, T] -> scores [B, patches].
  torch::Tensor forward(const torch::Tensor& power);

 private:
  torch::nn::Sequential layers_;
};
TORCH_MODULE(EventDiscriminator);

}  // namespace ictus::models
