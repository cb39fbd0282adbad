// Random numbers that are the same on every machine for the same seed.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace ictus {

/// The standard fixes what std::mt19937_64 draws, but not what its distributions make of it.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// In [0, 1).
  double uniform() { return std::ldexp(static_cast<double>(engine_() >> 11U), -53); }

  /// Of mean 0 and variance 1, after Box and Muller (1958).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace ictus
