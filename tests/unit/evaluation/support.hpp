// Sound whose spectra a second implementation has measured, and points drawn by chance.
#pragma once

#include <torch/torch.h>

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace ictus::tests {

/// At 16 kHz: a partial that dies away, one that does not, and white noise of the generator of Numerical
/// Recipes.
inline std::vector<float> partials_and_noise(std::size_t count) {
  std::vector<float> samples(count);
  std::uint32_t seed = 1;
  for (std::size_t i = 0; i < count; ++i) {
    seed = seed * 1664525U + 1013904223U;
    const double t = static_cast<double>(i) / 16000.0;
    const double turn = 2.0 * std::numbers::pi * t;
    samples[i] = static_cast<float>(0.3 * std::sin(440.0 * turn) * std::exp(-2.0 * t) +
                                    0.1 * std::sin(3000.0 * turn) + 0.01 * (seed / 4294967296.0 - 0.5));
  }
  return samples;
}

/// [n, d] numbers of a normal distribution.
inline torch::Tensor normal(std::int64_t n, std::int64_t d, std::uint64_t seed) {
  torch::manual_seed(seed);
  return torch::randn({n, d}, torch::kDouble);
}

}  // namespace ictus::tests
