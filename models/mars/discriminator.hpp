// The critic of training: tells patches of real images from decoded ones.
#pragma once

#include "lib/dsp/torch_compat.hpp"
#include "models/mars/config.hpp"

namespace ictus::models {

class ImageDiscriminatorImpl : public torch::nn::Module {
 public:
  explicit ImageDiscriminatorImpl(const TokenizerConfig& config);
  /// Image [B, 1, bins, T] to scores of its patches [B, 1, rows, columns].
  torch::Tensor forward(const torch::Tensor& image);

 private:
  torch::nn::Sequential layers_;
};
TORCH_MODULE(ImageDiscriminator);

}  // namespace ictus::models
