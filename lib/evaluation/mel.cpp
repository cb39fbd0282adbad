#include "lib/evaluation/mel.hpp"

#include <cmath>

namespace ictus::evaluation {
namespace {

double mel_of_hz(double hz) { return 1127.0 * std::log(1.0 + hz / 700.0); }

}  // namespace

torch::Tensor mel_weights(const MelBands& mel, std::int64_t bins, int sample_rate_hz) {
  const double low = mel_of_hz(mel.low_hz);
  const double step = (mel_of_hz(mel.high_hz) - low) / (mel.bands + 1);
  const torch::Tensor bin_hz = torch::linspace(0.0, sample_rate_hz / 2.0, bins, torch::kDouble);
  const torch::Tensor bin_mel = (1127.0 * torch::log1p(bin_hz / 700.0)).unsqueeze(1);  // [bins, 1]
  const torch::Tensor top = (low + step * torch::arange(1, mel.bands + 1, torch::kDouble)).unsqueeze(0);
  const torch::Tensor weights = (1.0 - (bin_mel - top).abs() / step).clamp_min(0.0);  // [bins, bands]
  weights[0].zero_();
  return weights;
}

torch::Tensor magnitudes(const torch::Tensor& samples, std::int64_t window, std::int64_t hop,
                         std::int64_t fft) {
  const torch::Tensor hann = torch::hann_window(window, /*periodic=*/true, samples.options());
  return torch::fft_rfft(samples.unfold(0, window, hop) * hann, fft).abs();
}

}  // namespace ictus::evaluation
