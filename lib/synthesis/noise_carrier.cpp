#include "lib/synthesis/noise_carrier.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/core/dice.hpp"
#include "lib/synthesis/fourier.hpp"

namespace ictus::synthesis {
namespace {

constexpr std::uint64_t kSeed = 4;

std::vector<float> white_noise(std::size_t length) {
  Dice dice(kSeed);
  std::vector<float> samples(length);
  double power = 0.0;
  for (float& sample : samples) {
    sample = static_cast<float>(dice.normal());
    power += static_cast<double>(sample) * static_cast<double>(sample);
  }
  const auto scale = static_cast<float>(std::sqrt(static_cast<double>(length) / power));
  for (float& sample : samples) sample *= scale;
  return samples;
}

}  // namespace

NoiseCarrier::NoiseCarrier() {
  std::vector<float> window(kWindow);
  for (std::size_t i = 0; i < kWindow; ++i)
    window[i] = static_cast<float>(std::sin(std::numbers::pi * static_cast<double>(i) / kWindow));
  // The product of both windows is Hann's; kWindow / kHop of them, half of which is their sum, overlap.
  for (const float value : window) synthesis_window_.push_back(value * 2.0F * kHop / kWindow);

  constexpr std::size_t kLength = std::size_t{kFrames} * kHop;
  const std::vector<float> samples = white_noise(kLength);
  Fourier fourier(kWindow);
  Spectrum spectrum(kWindow);
  std::vector<float> frame(kWindow);
  for (std::size_t f = 0; f < kFrames; ++f) {
    for (std::size_t i = 0; i < kWindow; ++i) frame[i] = samples[(f * kHop + i) % kLength] * window[i];
    fourier.forward(frame, spectrum);
    re_.insert(re_.end(), spectrum.re.begin(), spectrum.re.end());
    im_.insert(im_.end(), spectrum.im.begin(), spectrum.im.end());
  }
}

const NoiseCarrier& noise_carrier() {
  static const NoiseCarrier carrier;
  return carrier;
}

}  // namespace ictus::synthesis
