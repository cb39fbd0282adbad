#include "lib/synthesis/noise_carrier.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "lib/core/dice.hpp"
#include "lib/core/wide.hpp"
#include "lib/synthesis/fourier.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::synthesis {
namespace {

constexpr std::uint64_t kSeed = 4;
// What is evened twice comes nearer to the model by a quarter, in bands and windows of 4096 samples; ten
// times more gain little.
constexpr int kEvenings = 2;
constexpr std::array<int, 3> kEvenWindows{512, 1024, 2048};

std::vector<float> sine_window(int size) {
  std::vector<float> window;
  for (int i = 0; i < size; ++i)
    window.push_back(static_cast<float>(std::sin(std::numbers::pi * static_cast<double>(i) / size)));
  return window;
}

void scale_to_power_of_1(std::vector<float>& samples) {
  double power = 0.0;
  for (const float sample : samples) power += static_cast<double>(sample) * static_cast<double>(sample);
  const auto scale = static_cast<float>(std::sqrt(static_cast<double>(samples.size()) / power));
  for (float& sample : samples) sample *= scale;
}

/// In [-1, 1): of how they are spread nothing is left once the noise is evened.
std::vector<float> white_noise(int length) {
  Dice dice(kSeed);
  std::vector<float> samples;
  samples.reserve(static_cast<std::size_t>(length));
  for (int i = 0; i < length; ++i) samples.push_back(static_cast<float>(2.0 * dice.uniform() - 1.0));
  scale_to_power_of_1(samples);
  return samples;
}

ICTUS_WIDE void set_magnitude(float magnitude, std::size_t bins, float* __restrict re, float* __restrict im) {
  for (std::size_t k = 0; k < bins; ++k) {
    const float gain = magnitude / std::sqrt(re[k] * re[k] + im[k] * im[k] + 1e-9F);
    re[k] *= gain;
    im[k] *= gain;
  }
}

/// Appends the beginning once more, for windows that begin in the samples and end beyond.
void wrap(std::vector<float>& samples, std::size_t length, int window_samples) {
  samples.resize(length + static_cast<std::size_t>(window_samples));
  std::copy_n(samples.begin(), window_samples, samples.begin() + static_cast<std::ptrdiff_t>(length));
}

/// Adds the same noise with spectra that have even magnitudes, in windows of this size. Its ends meet.
/// `samples` are those of `out` in number, and their beginning once more; `sum` is room for as many.
void add_evened(const std::vector<float>& samples, int window_samples, std::vector<float>& sum,
                std::vector<float>& out) {
  const auto size = static_cast<std::size_t>(window_samples);
  const std::vector<float> window = sine_window(window_samples);
  std::fill(sum.begin(), sum.end(), 0.0F);
  Fourier fourier(window_samples);
  Spectrum spectrum(window_samples);
  std::vector<float> frame(size);
  const float magnitude = std::sqrt(0.5F * static_cast<float>(window_samples));  // of white noise, on average
  for (std::size_t begin = 0; begin < out.size(); begin += size / 2) {
    multiply(samples.data() + begin, window.data(), window_samples, frame.data());
    fourier.forward(frame, spectrum);
    set_magnitude(magnitude, spectrum.re.size(), spectrum.re.data(), spectrum.im.data());
    fourier.inverse(spectrum, frame);
    add_product(frame.data(), window.data(), window_samples, sum.data() + begin);
  }
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += sum[i];
  for (std::size_t i = out.size(); i < sum.size(); ++i) out[i - out.size()] += sum[i];
}

std::vector<float> even_noise(int length) {
  // Memory that is new is slow to touch: all of it is used anew.
  std::vector<float> samples = white_noise(length);
  std::vector<float> evened(samples.size());
  std::vector<float> sum(samples.size() + kEvenWindows.back());
  for (int i = 0; i < kEvenings; ++i) {
    wrap(samples, evened.size(), kEvenWindows.back());
    std::fill(evened.begin(), evened.end(), 0.0F);
    for (const int window : kEvenWindows) add_evened(samples, window, sum, evened);
    scale_to_power_of_1(evened);
    std::copy(evened.begin(), evened.end(), samples.begin());
  }
  return evened;
}

}  // namespace

NoiseCarrier::NoiseCarrier() {
  const std::vector<float> window = sine_window(kWindow);
  // The product of both windows is Hann's; kWindow / kHop of them, half of which is their sum, overlap.
  for (const float value : window) synthesis_window_.push_back(value * 2.0F * kHop / kWindow);

  constexpr std::size_t kLength = std::size_t{kFrames} * kHop;
  std::vector<float> samples = even_noise(static_cast<int>(kLength));
  wrap(samples, kLength, kWindow);
  re_.reserve(std::size_t{kFrames} * kBins);
  im_.reserve(std::size_t{kFrames} * kBins);
  Fourier fourier(kWindow);
  Spectrum spectrum(kWindow);
  std::vector<float> frame(kWindow);
  for (std::size_t f = 0; f < kFrames; ++f) {
    multiply(samples.data() + f * kHop, window.data(), kWindow, frame.data());
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
