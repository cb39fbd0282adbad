#include "lib/evaluation/note_image.hpp"

#include <algorithm>

#include "lib/evaluation/decibels.hpp"
#include "lib/evaluation/mel.hpp"

namespace ictus::evaluation {
namespace {

constexpr std::int64_t kWindow = 1024;
constexpr std::int64_t kHop = 256;
constexpr std::int64_t kFramesPerStep = 8;
constexpr double kOnsetDb = -40.0;

}  // namespace

torch::Tensor note_image(std::span<const float> samples) {
  static const torch::Tensor weights = mel_weights({.bands = kImageBands, .low_hz = 0.0, .high_hz = 8000.0},
                                                   kWindow / 2 + 1, kImageSampleRateHz);
  const torch::Tensor padded = torch::constant_pad_nd(as_tensor(samples), {kWindow / 2, kWindow}, 0.0);
  const torch::Tensor power = magnitudes(padded, kWindow, kHop, kWindow).square().matmul(weights);
  const torch::Tensor image = scaled_decibels(power);  // [T, bands]
  const torch::Tensor sounds = std::get<0>(image.max(1)) > scaled(kOnsetDb);
  const std::int64_t onset = sounds.to(torch::kLong).argmax().item<std::int64_t>();
  constexpr std::int64_t kFrames = kImageSteps * kFramesPerStep;
  const std::int64_t frames = std::min(kFrames, image.size(0) - onset);
  const torch::Tensor whole =
      torch::constant_pad_nd(image.narrow(0, onset, frames), {0, 0, 0, kFrames - frames}, -1.0);
  return whole.reshape({kImageSteps, kFramesPerStep, kImageBands}).mean(1).flatten();
}

}  // namespace ictus::evaluation
