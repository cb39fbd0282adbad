// Short-time Fourier transform with frames centred on multiples of the hop.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::dsp {

/// Periodic Hann window of `size` samples, scaled so that its squares sum to 1: white noise of
/// variance v then has expected power v in every bin, whatever the size.
torch::Tensor unit_power_hann(std::int64_t size, const torch::TensorOptions& options);

/// Complex STFT. `samples` [B, n] begins half a window before the first frame's centre, so that
/// frame i covers samples[i * hop .. i * hop + window). Returns [B, T, window / 2 + 1] with
/// T = (n - window) / hop + 1.
torch::Tensor stft(const torch::Tensor& samples, std::int64_t window, std::int64_t hop);

/// |STFT|^2 of the same shape.
torch::Tensor power_stft(const torch::Tensor& samples, std::int64_t window, std::int64_t hop);

/// Least-squares inverse of stft() (Griffin and Lim 1984, eq. 6): [B, T, bins] to
/// [B, (T - 1) * hop + window]; the hop must divide the window. Samples covered by no window's inside are 0.
torch::Tensor istft(const torch::Tensor& spectrum, std::int64_t window, std::int64_t hop);

}  // namespace ictus::dsp
