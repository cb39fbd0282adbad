// The spectrogram as an image: magnitudes on a fixed logarithmic scale from -1 to 1.
#pragma once

#include "lib/dsp/torch_compat.hpp"
#include "models/mars/config.hpp"

namespace ictus::models {

/// Magnitudes [B, bins, T] of `samples` [B, n], which begin half a window before the first frame's centre.
torch::Tensor magnitudes(const torch::Tensor& samples, const TokenizerConfig& config);

/// Magnitudes relative to a clip's level, so from 0 to about 1, to the image: -1 is silence, 1 the level.
/// [B, bins, T] to [B, 1, bins, T].
torch::Tensor image_of(const torch::Tensor& relative_magnitudes, const TokenizerConfig& config);

/// The inverse of image_of(); what lies outside of the scale is limited to it first.
torch::Tensor magnitudes_of(const torch::Tensor& image, const TokenizerConfig& config);

}  // namespace ictus::models
