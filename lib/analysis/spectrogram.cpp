#include "lib/analysis/spectrogram.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "lib/synthesis/fourier.hpp"

namespace ictus::analysis {
namespace {

/// Hann's window, periodic, whose squares sum to 1.
std::vector<float> unit_hann(int samples) {
  std::vector<float> window(static_cast<std::size_t>(samples));
  const double scale = std::sqrt(8.0 / (3.0 * samples));
  for (int i = 0; i < samples; ++i)
    window[static_cast<std::size_t>(i)] =
        static_cast<float>(scale * (0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / samples)));
  return window;
}

}  // namespace

std::vector<float> bin_powers(std::span<const float> samples, int window_samples, int hop_samples,
                              int frames) {
  const auto size = static_cast<std::size_t>(window_samples);
  const std::size_t bins = size / 2 + 1;
  const std::vector<float> window = unit_hann(window_samples);
  synthesis::Fourier fourier(window_samples);
  std::vector<float> windowed(size);
  synthesis::Spectrum spectrum(window_samples);
  std::vector<float> powers(bins * static_cast<std::size_t>(frames));
  const auto length = static_cast<std::ptrdiff_t>(samples.size());
  for (int t = 0; t < frames; ++t) {
    const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(t) * hop_samples - window_samples / 2;
    for (std::size_t i = 0; i < size; ++i) {
      const std::ptrdiff_t at = first + static_cast<std::ptrdiff_t>(i);
      windowed[i] = at >= 0 && at < length ? samples[static_cast<std::size_t>(at)] * window[i] : 0.0F;
    }
    fourier.forward(windowed, spectrum);
    float* row = powers.data() + static_cast<std::size_t>(t) * bins;
    for (std::size_t k = 0; k < bins; ++k)
      row[k] = spectrum.re[k] * spectrum.re[k] + spectrum.im[k] * spectrum.im[k];
  }
  return powers;
}

synthesis::PowerMap pooled(std::span<const float> bins, const synthesis::BandView& view, int frames) {
  synthesis::PowerMap map(view.bands(), frames);
  const auto count = static_cast<std::size_t>(view.bin_count());
  for (int t = 0; t < frames; ++t) {
    const float* row = bins.data() + static_cast<std::size_t>(t) * count;
    for (std::size_t k = 0; k < count; ++k) map.row(view.band_of_bin[k])[t] += row[k];
  }
  for (int b = 0; b < view.bands(); ++b) {
    const float scale = 1.0F / view.width_bins[static_cast<std::size_t>(b)];
    std::transform(map.row(b), map.row(b) + frames, map.row(b), [&](float power) { return power * scale; });
  }
  return map;
}

synthesis::PowerMap spectrogram(std::span<const float> samples, const synthesis::BandView& view, int frames) {
  return pooled(bin_powers(samples, view.window_samples, view.hop_samples, frames), view, frames);
}

}  // namespace ictus::analysis
