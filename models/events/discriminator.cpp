#include "models/events/discriminator.hpp"

#include "models/events/power_maps.hpp"

namespace ictus::models {

EventDiscriminatorImpl::EventDiscriminatorImpl(const EventModelConfig& config) {
  constexpr int kChannels = 128;
  constexpr int kStages = 4;  // halve the frames: a score sees about 0.7 s
  layers_->push_back(torch::nn::Conv1d(torch::nn::Conv1dOptions(config.bands.fine_bands, kChannels, 1)));
  for (int stage = 0; stage < kStages; ++stage) {
    layers_->push_back(torch::nn::LeakyReLU(torch::nn::LeakyReLUOptions().negative_slope(0.2)));
    layers_->push_back(
        torch::nn::Conv1d(torch::nn::Conv1dOptions(kChannels, kChannels, 3).stride(2).padding(1)));
  }
  layers_->push_back(torch::nn::LeakyReLU(torch::nn::LeakyReLUOptions().negative_slope(0.2)));
  layers_->push_back(torch::nn::Conv1d(torch::nn::Conv1dOptions(kChannels, 1, 1)));
  register_module("layers", layers_);
}

torch::Tensor EventDiscriminatorImpl::forward(const torch::Tensor& power) {
  return layers_->forward(level_feature(power)).squeeze(1);
}

}  // namespace ictus::models
