// Channel multiplexing (Ristori, Bindini and Frasconi, "MARS", arXiv 2509.26007): a spectrogram's
// neighbouring values become channels of a smaller image, without loss.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::dsp {

struct CmxFactors {
  std::int64_t rows = 1;     ///< neighbouring frequencies that become channels
  std::int64_t columns = 1;  ///< neighbouring frames that become channels
};

/// Space to depth: every cell of `factors.rows` x `factors.columns` values becomes one place with as many
/// channels. [B, C, F, T] to [B, C * rows * columns, F / rows, T / columns], where channel
/// (c * rows + a) * columns + b holds the values at row i * rows + a and column j * columns + b.
/// Throws ictus::Error when F or T is no multiple of its factor.
torch::Tensor cmx(const torch::Tensor& image, const CmxFactors& factors);

/// The exact inverse of cmx(). Throws ictus::Error when the channels are no multiple of rows * columns.
torch::Tensor inverse_cmx(const torch::Tensor& channels, const CmxFactors& factors);

/// The control of the paper's ablation: the same smaller image with as many channels as before, made by
/// dropping what does not fit, the highest frequencies and the last frames. Throws like cmx().
torch::Tensor truncate(const torch::Tensor& image, const CmxFactors& factors);

/// As large as before truncate(); what was dropped is `fill`.
torch::Tensor untruncate(const torch::Tensor& image, const CmxFactors& factors, double fill);

}  // namespace ictus::dsp
