// The multi-scale residual quantiser: a grid of vectors becomes a pyramid of tokens, coarse first.
//
// After Tian, Jiang, Yuan, Peng and Wang, "Visual Autoregressive Modeling" (2024), section 3.2, with the
// search by cosine and the dropout of Li, Qiu, Chen, Kuen, Gu, Raj and Lin, "ImageFolder" (2024).
#pragma once

#include <optional>
#include <vector>

#include "lib/dsp/torch_compat.hpp"
#include "models/mars/config.hpp"

namespace ictus::models {

/// What quantising a batch of latent grids gives.
struct Quantised {
  torch::Tensor sum;                  ///< [B, D, H, W] sum of the codes over the scales
  std::vector<torch::Tensor> tokens;  ///< [B, rows, columns] of each scale, whole numbers
  torch::Tensor code_loss;            ///< how far the sum is from the latent, for the codes; scalar
  torch::Tensor commitment;           ///< the same, for the encoder; scalar
};

class QuantiserImpl : public torch::nn::Module {
 public:
  explicit QuantiserImpl(const TokenizerConfig& config);

  /// Tokens of `latent` [B, D, H, W], scale by scale: what is left is averaged over the scale's cells,
  /// each average becomes its nearest code, and the codes, spread over the grid again, are taken off.
  /// Where `keep` is given (whole numbers [B]), only so many of an excerpt's scales add to its sum. The
  /// losses are means over the excerpts that keep a scale; where these are a share of a batch,
  /// `keep_of_batch` says so of all, and the mean of the shares' losses, each as often as it has excerpts, is
  /// that of the batch.
  Quantised quantise(const torch::Tensor& latent, const torch::Tensor& keep = {},
                     const torch::Tensor& keep_of_batch = {});

  /// What one scale's tokens [B, rows, columns] add to the sum [B, D, H, W].
  torch::Tensor contribution(std::size_t scale, const torch::Tensor& tokens, std::int64_t height,
                             std::int64_t width);

  /// What is looked up for a scale: `rest`, the latent grid without the coarser scales' codes, averaged over
  /// the scale's cells, [B, D, rows, columns].
  torch::Tensor averages(std::size_t scale, const torch::Tensor& rest) const;

  /// The nearest code to each vector of [B, D, rows, columns]: [B, rows, columns].
  torch::Tensor nearest(const torch::Tensor& vectors);

  /// All averages that quantise() would look up, [n, D].
  torch::Tensor searched_vectors(const torch::Tensor& latent);

  /// The codes [V, D].
  torch::Tensor& codes() { return codes_; }

 private:
  TokenizerConfig config_;
  formats::PyramidShape shape_;
  torch::Tensor codes_;                // [V, D]
  torch::nn::ModuleList refinements_;  // a convolution for each scale
};
TORCH_MODULE(Quantiser);

}  // namespace ictus::models
