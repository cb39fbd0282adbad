#include "models/mars/image.hpp"

#include <cmath>

#include "lib/dsp/stft.hpp"

namespace ictus::models {
namespace {

/// Half of the scale's length in powers of ten: the image is log10(magnitude + floor) / half + 1.
double half_span(const TokenizerConfig& config) { return -0.5 * std::log10(config.floor()); }

}  // namespace

torch::Tensor magnitudes(const torch::Tensor& samples, const TokenizerConfig& config) {
  return dsp::stft(samples, config.window_samples, config.hop_samples)
      .abs()                        // [B, T, bins + 1]
      .narrow(2, 0, config.bins())  // the highest bin holds next to nothing
      .transpose(1, 2);
}

torch::Tensor image_of(const torch::Tensor& relative_magnitudes, const TokenizerConfig& config) {
  return ((relative_magnitudes + config.floor()).log10() / half_span(config) + 1.0).unsqueeze(1);
}

torch::Tensor magnitudes_of(const torch::Tensor& image, const TokenizerConfig& config) {
  const torch::Tensor exponent = (image.squeeze(1).clamp(-1.0, 1.0) - 1.0) * half_span(config);
  return (torch::exp(exponent * std::log(10.0)) - config.floor()).clamp_min(0.0);
}

}  // namespace ictus::models
