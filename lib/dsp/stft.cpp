#include "lib/dsp/stft.hpp"

namespace ictus::dsp {

torch::Tensor unit_power_hann(std::int64_t size, const torch::TensorOptions& options) {
  const torch::Tensor hann = torch::hann_window(size, /*periodic=*/true, options);
  return hann / hann.square().sum().sqrt();
}

torch::Tensor stft(const torch::Tensor& samples, std::int64_t window, std::int64_t hop) {
  const torch::Tensor frames = samples.unfold(1, window, hop);  // [B, T, window]
  return torch::fft_rfft(frames * unit_power_hann(window, samples.options()));
}

torch::Tensor power_stft(const torch::Tensor& samples, std::int64_t window, std::int64_t hop) {
  const torch::Tensor parts = torch::view_as_real(stft(samples, window, hop));  // [B, T, bins, 2]
  return parts.square().sum(-1);
}

torch::Tensor istft(const torch::Tensor& spectrum, std::int64_t window, std::int64_t hop) {
  TORCH_CHECK(window % hop == 0, "the hop must divide the window");
  const std::int64_t overlap = window / hop;
  const torch::Tensor hann = unit_power_hann(window, torch::TensorOptions().device(spectrum.device()));
  const torch::Tensor frames = torch::fft_irfft(spectrum, window) * hann;  // [B, T, window]
  const std::int64_t batch = frames.size(0);
  const std::int64_t count = frames.size(1);
  // Part k of a frame lands k hops after the frame's start.
  const torch::Tensor parts = frames.reshape({batch, count, overlap, hop});
  const torch::Tensor weights = hann.square().reshape({overlap, hop});
  torch::Tensor sum = torch::zeros({batch, count + overlap - 1, hop}, frames.options());
  torch::Tensor weight = torch::zeros({count + overlap - 1, hop}, frames.options());
  for (std::int64_t k = 0; k < overlap; ++k) {
    sum.narrow(1, k, count) += parts.select(2, k);
    weight.narrow(0, k, count) += weights[k];
  }
  // Where only the skirts of windows reach, dividing would blow rounding errors up.
  const torch::Tensor safe =
      torch::where(weight > 1e-3 * weight.max(), weight.reciprocal(), torch::zeros_like(weight));
  return (sum * safe).reshape({batch, (count + overlap - 1) * hop});
}

}  // namespace ictus::dsp
