#include "lib/synthesis/band_view.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ictus::synthesis {

BandView::BandView(int rate_hz, int window, int hop, std::vector<int> first_bin)
    : sample_rate_hz(rate_hz), window_samples(window), hop_samples(hop) {
  const std::size_t bands = first_bin.size() - 1;
  band_of_bin.resize(static_cast<std::size_t>(first_bin.back()));
  const float top_mel = mel_of(0.5F * static_cast<float>(sample_rate_hz));
  for (std::size_t b = 0; b < bands; ++b) {
    const int low = first_bin[b];
    const int high = first_bin[b + 1];
    std::fill(band_of_bin.begin() + low, band_of_bin.begin() + high, static_cast<int>(b));
    width_bins.push_back(static_cast<float>(high - low));
    end_bins.push_back(static_cast<float>(high) - 0.5F);
    const float hz = 0.5F * static_cast<float>(low + high - 1) * hz_per_bin();
    centre_hz.push_back(hz);
    if (hz <= kHighestHz) spectrum_place.push_back(synthesis::spectrum_place(hz));
    noise_region.push_back(std::min(
        static_cast<int>(mel_of(hz) / top_mel * static_cast<float>(kNoiseRegions)), kNoiseRegions - 1));
  }
  for (int region = 0; region < kNoiseRegions; ++region)
    region_hz.push_back(
        hz_of(top_mel * (static_cast<float>(region) + 0.5F) / static_cast<float>(kNoiseRegions)));
}

BandView BandView::fine(int sample_rate_hz, int window_samples, int hop_samples, int linear_bands,
                        int bands) {
  std::vector<int> first_bin;
  for (int bin = 0; bin <= linear_bands; ++bin) first_bin.push_back(bin);
  const double bins = window_samples / 2 + 1;
  const double ratio = std::pow(bins / linear_bands, 1.0 / (bands - linear_bands));
  for (int i = 1; i <= bands - linear_bands; ++i) {
    const int bin = static_cast<int>(std::lround(linear_bands * std::pow(ratio, i)));
    if (bin > first_bin.back()) first_bin.push_back(bin);
  }
  return {sample_rate_hz, window_samples, hop_samples, std::move(first_bin)};
}

BandView BandView::bins(int sample_rate_hz, int window_samples, int hop_samples) {
  std::vector<int> first_bin;
  for (int bin = 0; bin <= window_samples / 2 + 1; ++bin) first_bin.push_back(bin);
  return {sample_rate_hz, window_samples, hop_samples, std::move(first_bin)};
}

BandView BandView::mel(int sample_rate_hz, int window_samples, int hop_samples, int bands) {
  const int bins = window_samples / 2 + 1;
  const float hz_per_bin = static_cast<float>(sample_rate_hz) / static_cast<float>(window_samples);
  const float top_mel = mel_of(0.5F * static_cast<float>(sample_rate_hz));
  std::vector<int> first_bin{0};
  for (int b = 1; b < bands; ++b) {
    const float hz = hz_of(top_mel * static_cast<float>(b) / static_cast<float>(bands));
    first_bin.push_back(std::max(first_bin.back() + 1, static_cast<int>(std::lround(hz / hz_per_bin))));
  }
  first_bin.push_back(bins);
  return {sample_rate_hz, window_samples, hop_samples, std::move(first_bin)};
}

}  // namespace ictus::synthesis
