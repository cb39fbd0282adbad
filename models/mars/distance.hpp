// How far two images differ: value by value, and as the ear's bands hear them.
#pragma once

#include <vector>

#include "lib/dsp/torch_compat.hpp"
#include "models/mars/config.hpp"

namespace ictus::models {

class ImageDistance {
 public:
  ImageDistance(const TokenizerConfig& config, const torch::Device& device);

  /// Mean |difference| of two images [B, 1, bins, T], in decibels of magnitude; scalar. Low bins count for
  /// more, as many times as the mel scale has more of its steps there.
  [[nodiscard]] torch::Tensor bins_db(const torch::Tensor& image, const torch::Tensor& other) const;

  /// Mean |difference| of the powers in 40 and in 80 mel bands, in decibels; scalar. It takes the place of
  /// the perceptual term of image tokenizers, which needs a network trained on photographs: noise is
  /// heard by its power in a band, which the mean of its bins' logarithms misses by 2.5 dB.
  [[nodiscard]] torch::Tensor bands_db(const torch::Tensor& image, const torch::Tensor& other) const;

  /// Mean |difference| of the powers in thirds of an octave from 50 Hz on over some 128 ms, in decibels, each
  /// weighted by its power in `image` to the 0.3, as loudness goes, and not at all 60 dB below the largest;
  /// scalar. Close to what metrics::loudness_error() says of the sound.
  [[nodiscard]] torch::Tensor loudness_db(const torch::Tensor& image, const torch::Tensor& other) const;

 private:
  /// Powers [B, bands, blocks] in thirds of an octave.
  [[nodiscard]] torch::Tensor thirds_of(const torch::Tensor& image) const;

  TokenizerConfig config_;
  torch::Tensor thirds_;              // [bands, bins], 1 where a bin belongs
  torch::Tensor bin_weights_;         // [bins, 1], 1 in the mean
  std::vector<torch::Tensor> bands_;  // [bands, bins], triangles that sum to 1
};

}  // namespace ictus::models
