// Signals whose measures are known.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <vector>

namespace ictus::metrics {

using Signal = std::vector<float>;

constexpr std::size_t kLength = 33075;  // 1.5 s at 22.05 kHz

template <typename Function>
Signal signal(std::size_t count, Function value_at) {
  Signal samples(count);
  for (std::size_t i = 0; i < count; ++i) samples[i] = static_cast<float>(value_at(i));
  return samples;
}

inline Signal scaled(Signal samples, double gain) {
  for (float& sample : samples) sample = static_cast<float>(gain * sample);
  return samples;
}

inline Signal sum_of(Signal a, const Signal& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[i];
  return a;
}

inline double decibels(double amplitude_ratio) { return 20.0 * std::log10(amplitude_ratio); }

/// White, in [-0.5, 0.5): the generator of Numerical Recipes.
inline std::vector<double> noise(std::size_t count, std::uint32_t seed) {
  std::vector<double> values(count);
  for (double& value : values) {
    seed = seed * 1664525u + 1013904223u;
    value = seed / 4294967296.0 - 0.5;
  }
  return values;
}

inline Signal white(std::uint32_t seed) {
  const std::vector<double> random = noise(kLength, seed);
  return signal(kLength, [&](std::size_t i) { return random[i]; });
}

/// Partials, one of them dying away, and some noise.
inline Signal tones(double noise_level, std::uint32_t seed) {
  const std::vector<double> random = noise(kLength, seed);
  return signal(kLength, [&](std::size_t i) {
    const double t = static_cast<double>(i) / 22050.0;
    const double turn = 2.0 * std::numbers::pi * t;
    return 0.3 * std::sin(220.0 * turn) + 0.2 * std::sin(660.0 * turn) * std::exp(-3.0 * t) +
           0.1 * std::sin(3000.0 * turn) + noise_level * random[i];
  });
}

inline Signal sweep() {
  return signal(kLength, [](std::size_t i) {
    const double t = static_cast<double>(i) / 22050.0;
    return 0.5 * std::sin(2.0 * std::numbers::pi * (50.0 * t + 3000.0 * t * t));
  });
}

/// The middle of a bin of windows of 2048 samples. Mirrored at its ends it goes on, so that of all bins it is
/// in this one and its two neighbours alone, in all frames.
inline Signal in_bin(int bin, double amplitude) {
  return signal(20 * 2048 + 1, [&](std::size_t i) {
    return amplitude * std::cos(2.0 * std::numbers::pi * bin * static_cast<double>(i) / 2048.0);
  });
}

}  // namespace ictus::metrics
