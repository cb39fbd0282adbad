// Triangular dither (TPDF): the noise that makes rounding errors independent of the signal.
#pragma once

#include <cstdint>

namespace ictus::audio {

/// The sum of two uniform numbers, in (-1, 1) quantisation steps. The seed is fixed so that the same
/// samples become the same bytes on every run.
class TriangularDither {
 public:
  explicit TriangularDither(std::uint64_t seed = 1) : state_(seed) {}

  double next() {
    // SplitMix64; its two halves are the two uniform numbers.
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    const auto a = static_cast<double>(z >> 32);
    const auto b = static_cast<double>(z & 0xFFFFFFFFu);
    return (a - b) / 4294967296.0;
  }

 private:
  std::uint64_t state_;
};

}  // namespace ictus::audio
