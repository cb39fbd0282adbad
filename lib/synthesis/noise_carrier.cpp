#include "lib/synthesis/noise_carrier.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/core/dice.hpp"
#include "lib/synthesis/fourier.hpp"

namespace ictus::synthesis {
namespace {

constexpr std::uint64_t kSeed = 4;

/// Random phases under one magnitude: over its length it is white not by chance but exactly.
std::vector<float> white_noise(int length) {
  Dice dice(kSeed);
  Spectrum spectrum(length);
  const auto magnitude = static_cast<float>(std::sqrt(static_cast<double>(length)));
  for (std::size_t bin = 0; bin < spectrum.re.size(); ++bin) {
    const double angle = 2.0 * std::numbers::pi * dice.uniform();
    spectrum.re[bin] = magnitude * static_cast<float>(std::cos(angle));
    spectrum.im[bin] = magnitude * static_cast<float>(std::sin(angle));
  }
  std::vector<float> samples(static_cast<std::size_t>(length));
  Fourier(length).inverse(spectrum, samples);
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
  const std::vector<float> samples = white_noise(static_cast<int>(kLength));
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
