#include "models/mars/distance.hpp"

#include <algorithm>
#include <cmath>

#include "models/mars/image.hpp"

namespace ictus::models {
namespace {

double mel_of(double hz) { return 2595.0 * std::log10(1.0 + hz / 700.0); }
double hz_of(double mel) { return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0); }

/// Triangles from 0 Hz to Nyquist; one that falls between two bins takes the nearer.
torch::Tensor mel_bands(int count, const TokenizerConfig& c) {
  const double bin_hz = static_cast<double>(c.sample_rate_hz) / c.window_samples;
  const double step = mel_of(0.5 * c.sample_rate_hz) / (count + 1);
  torch::Tensor bands = torch::zeros({count, c.bins()});
  for (int band = 0; band < count; ++band) {
    const double low = hz_of(band * step);
    const double middle = hz_of((band + 1) * step);
    const double high = hz_of((band + 2) * step);
    for (int bin = 0; bin < c.bins(); ++bin) {
      const double hz = bin * bin_hz;
      bands[band][bin] = std::max(0.0, std::min((hz - low) / (middle - low), (high - hz) / (high - middle)));
    }
    const double sum = bands[band].sum().item<double>();
    if (sum > 0.0)
      bands[band] /= sum;
    else
      bands[band][std::min(c.bins() - 1, static_cast<int>(std::lround(middle / bin_hz)))] = 1.0;
  }
  return bands;
}

/// Thirds of an octave from 50 Hz to Nyquist; one that no bin falls into takes the nearest.
torch::Tensor third_octave_bands(const TokenizerConfig& c) {
  const double bin_hz = static_cast<double>(c.sample_rate_hz) / c.window_samples;
  const auto edge_hz = [](int k) { return 50.0 * std::exp2(k / 3.0); };
  std::vector<torch::Tensor> bands;
  for (int k = 0; edge_hz(k + 1) < 0.5 * c.sample_rate_hz; ++k) {
    auto first = static_cast<std::int64_t>(std::ceil(edge_hz(k) / bin_hz));
    auto end =
        std::min<std::int64_t>(c.bins(), static_cast<std::int64_t>(std::ceil(edge_hz(k + 1) / bin_hz)));
    if (first >= end) {
      first = std::lround(std::sqrt(edge_hz(k) * edge_hz(k + 1)) / bin_hz);
      end = first + 1;
    }
    torch::Tensor band = torch::zeros({c.bins()});
    band.slice(0, first, end).fill_(1.0);
    bands.push_back(band);
  }
  return torch::stack(bands);
}

}  // namespace

ImageDistance::ImageDistance(const TokenizerConfig& config, const torch::Device& device) : config_(config) {
  const double bin_hz = static_cast<double>(config.sample_rate_hz) / config.window_samples;
  const torch::Tensor steps = 1.0 / (700.0 + bin_hz * torch::arange(config.bins()).to(torch::kFloat));
  bin_weights_ = (steps / steps.mean()).unsqueeze(1).to(device);
  thirds_ = third_octave_bands(config).to(device);
  for (const int count : {40, 80}) bands_.push_back(mel_bands(count, config).to(device));
}

torch::Tensor ImageDistance::bins_db(const torch::Tensor& image, const torch::Tensor& other) const {
  return (bin_weights_ * (image - other).abs()).mean() * (0.5 * config_.range_db);  // the image spans 2
}

torch::Tensor ImageDistance::bands_db(const torch::Tensor& image, const torch::Tensor& other) const {
  const double floor = config_.floor() * config_.floor();
  const torch::Tensor power = magnitudes_of(image, config_).square();
  const torch::Tensor other_power = magnitudes_of(other, config_).square();
  torch::Tensor sum = torch::zeros({}, image.options());
  for (const torch::Tensor& bands : bands_) {
    const torch::Tensor level = (torch::matmul(bands, power) + floor).log10();
    const torch::Tensor other_level = (torch::matmul(bands, other_power) + floor).log10();
    sum = sum + 10.0 * (level - other_level).abs().mean();
  }
  return sum / static_cast<double>(bands_.size());
}

torch::Tensor ImageDistance::thirds_of(const torch::Tensor& image) const {
  constexpr double kBlock_s = 0.128;
  const torch::Tensor power =
      torch::matmul(thirds_, magnitudes_of(image, config_).square());  // [B, bands, T]
  const auto wished = std::llround(kBlock_s * config_.sample_rate_hz / config_.hop_samples);
  const std::int64_t block = std::clamp<std::int64_t>(wished, 1, power.size(2));
  return torch::avg_pool1d(power, block);
}

torch::Tensor ImageDistance::loudness_db(const torch::Tensor& image, const torch::Tensor& other) const {
  const torch::Tensor wanted = thirds_of(image).detach();
  const torch::Tensor found = thirds_of(other);
  const torch::Tensor largest = wanted.amax({1, 2}, /*keepdim=*/true).clamp_min(1e-12);
  const torch::Tensor weight = wanted.pow(0.3) * wanted.gt(1e-6 * largest);
  const torch::Tensor floor = 1e-7 * largest;
  const torch::Tensor off_db = 10.0 * ((found + floor).log10() - (wanted + floor).log10());
  return (weight * off_db.abs()).sum() / weight.sum().clamp_min(1e-12);
}

}  // namespace ictus::models
