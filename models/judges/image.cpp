#include "models/judges/image.hpp"

#include <algorithm>
#include <cmath>

#include "lib/dsp/stft.hpp"

namespace ictus::models {

JudgeImage::JudgeImage(const JudgeConfig& config, const torch::Device& device) : config_(config) {
  const double bin_hz = static_cast<double>(config.sample_rate_hz) / config.window_samples;
  const double ratio = std::pow(2.0, 1.0 / config.bands_per_octave);
  const std::int64_t bins = config.window_samples / 2 + 1;
  const auto centre_hz = [&](int band) { return config.lowest_hz * std::pow(ratio, band); };
  const auto half_width_hz = [&](int band) { return std::max(centre_hz(band) * (ratio - 1.0), bin_hz); };
  for (int first = 0; first < config.bands; first += config.bands_per_octave) {
    const int end = std::min(first + config.bands_per_octave, config.bands);
    Group group;
    group.first_bin = std::max<std::int64_t>(
        0, static_cast<std::int64_t>(std::floor((centre_hz(first) - half_width_hz(first)) / bin_hz)));
    const std::int64_t end_bin = std::min<std::int64_t>(
        bins,
        static_cast<std::int64_t>(std::ceil((centre_hz(end - 1) + half_width_hz(end - 1)) / bin_hz)) + 1);
    group.weights = torch::zeros({end_bin - group.first_bin, end - first});
    auto weights = group.weights.accessor<float, 2>();
    for (int band = first; band < end; ++band) {
      for (std::int64_t bin = group.first_bin; bin < end_bin; ++bin) {
        const double away = std::abs(static_cast<double>(bin) * bin_hz - centre_hz(band));
        weights[bin - group.first_bin][band - first] =
            static_cast<float>(std::max(0.0, 1.0 - away / half_width_hz(band)));
      }
    }
    group.weights = group.weights.to(device);
    groups_.push_back(std::move(group));
  }
}

torch::Tensor JudgeImage::of(const torch::Tensor& samples) const {
  torch::NoGradGuard no_grad;
  const std::int64_t half = config_.window_samples / 2;
  const torch::Tensor padded = torch::constant_pad_nd(samples, {half, half - config_.hop_samples});
  const torch::Tensor power =
      dsp::power_stft(padded, config_.window_samples, config_.hop_samples);  // [B, frames, bins]
  std::vector<torch::Tensor> bands;
  for (const Group& group : groups_)
    bands.push_back(torch::matmul(power.narrow(2, group.first_bin, group.weights.size(0)), group.weights));
  const torch::Tensor all = torch::cat(bands, 2).transpose(1, 2).contiguous();  // [B, bands, frames]
  const torch::Tensor loudest = all.amax({1, 2}, /*keepdim=*/true).clamp_min(1e-30);
  const double floor = std::pow(10.0, -config_.range_db / 10.0);
  const torch::Tensor level_db = 10.0 * (all / loudest).clamp_min(floor).log10();
  return (1.0 + 2.0 / config_.range_db * level_db).unsqueeze(1);
}

}  // namespace ictus::models
