// The tokenizer's two convolutional networks: image to latent grid, and back.
//
// Each region of frequencies is multiplexed by its own factor, so each has its own first layer in the
// encoder and last layer in the decoder; between them the regions lie one above the other. Beside the
// convolutions, a dense path joins a column's whole spectrum with the grid of codes.
#pragma once

#include "lib/dsp/torch_compat.hpp"
#include "models/mars/config.hpp"

namespace ictus::models {

/// Image [B, 1, bins, T] to latent grid [B, code size, latent rows, T / column frames].
class TokenizerEncoderImpl : public torch::nn::Module {
 public:
  explicit TokenizerEncoderImpl(const TokenizerConfig& config);
  torch::Tensor forward(const torch::Tensor& image);

 private:
  TokenizerConfig config_;
  torch::nn::ModuleList first_;  // a convolution for each region
  torch::nn::Sequential outer_, inner_;
  torch::nn::Linear seen_{nullptr}, spread_{nullptr};
  torch::nn::Conv2d joined_{nullptr};
};
TORCH_MODULE(TokenizerEncoder);

/// Latent grid to image; the same sizes the other way round.
class TokenizerDecoderImpl : public torch::nn::Module {
 public:
  explicit TokenizerDecoderImpl(const TokenizerConfig& config);
  torch::Tensor forward(const torch::Tensor& latent);

 private:
  TokenizerConfig config_;
  torch::nn::Sequential inner_, outer_;
  torch::nn::ModuleList last_;  // a convolution for each region
  torch::nn::Conv2d gathered_{nullptr};
  torch::nn::Linear hidden_{nullptr}, drawn_{nullptr};
};
TORCH_MODULE(TokenizerDecoder);

}  // namespace ictus::models
