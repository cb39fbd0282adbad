// Bands on the mel scale of HTK, 1127 ln(1 + f / 700), as VGGish has them.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::evaluation {

struct MelBands {
  int bands = 64;
  double low_hz = 125.0;
  double high_hz = 7500.0;
};

/// Weights [bins, bands] for the bins of a Fourier transform of 2 (bins - 1) samples: triangles that are
/// straight on the mel scale, 1 at their tops, each from the top of the one before to that of the next. 0 Hz
/// has no weight.
[[nodiscard]] torch::Tensor mel_weights(const MelBands& mel, std::int64_t bins, int sample_rate_hz);

/// |FFT| of frames of `window` samples every `hop` of `samples` [n], weighted by a periodic Hann window and
/// filled up with zeros to `fft` samples: [T, fft / 2 + 1], T = (n - window) / hop + 1.
[[nodiscard]] torch::Tensor magnitudes(const torch::Tensor& samples, std::int64_t window, std::int64_t hop,
                                       std::int64_t fft);

}  // namespace ictus::evaluation
