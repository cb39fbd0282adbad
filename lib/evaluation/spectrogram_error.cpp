#include "lib/evaluation/spectrogram_error.hpp"

#include <algorithm>

#include "lib/evaluation/decibels.hpp"
#include "lib/evaluation/mel.hpp"

namespace ictus::evaluation {
namespace {

constexpr std::int64_t kErrorWindow = 1024;
constexpr std::int64_t kErrorHop = 256;

torch::Tensor spectrogram(std::span<const float> samples, std::size_t length) {
  const auto silence = static_cast<std::int64_t>(length - samples.size());
  const torch::Tensor padded =
      torch::constant_pad_nd(as_tensor(samples), {kErrorWindow / 2, silence + kErrorWindow / 2}, 0.0);
  return scaled_decibels(magnitudes(padded, kErrorWindow, kErrorHop, kErrorWindow).square());
}

}  // namespace

SpectrogramError spectrogram_error(std::span<const float> a, std::span<const float> b) {
  const std::size_t length = std::max(a.size(), b.size());
  const torch::Tensor difference = spectrogram(a, length) - spectrogram(b, length);
  return {difference.square().mean().item<double>(), difference.abs().mean().item<double>()};
}

}  // namespace ictus::evaluation
