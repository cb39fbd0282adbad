#include "lib/analysis/rumble_filter.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace ictus::analysis {
namespace {

constexpr double kCornerHz = 4.0;

}  // namespace

// The bilinear transform of two poles each (Bristow-Johnson, Cookbook formulae for audio EQ biquad filters).
RumbleFilter::RumbleFilter(int sample_rate_hz, int channels) : memories_(static_cast<std::size_t>(channels)) {
  const double angle = 2.0 * std::numbers::pi * kCornerHz / sample_rate_hz;
  for (std::size_t s = 0; s < kSections; ++s) {
    const double pole = std::numbers::pi * (2.0 * static_cast<double>(s) + 1.0) / (4.0 * kSections);
    const double damping = std::sin(angle) * std::cos(pole);
    const double whole = 1.0 + damping;
    sections_[s] = {0.5 * (1.0 + std::cos(angle)) / whole, -2.0 * std::cos(angle) / whole,
                    (1.0 - damping) / whole};
  }
}

void RumbleFilter::apply(std::span<float> samples) {
  const std::size_t channels = memories_.size();
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto value = static_cast<double>(samples[i]);
    for (std::size_t s = 0; s < kSections; ++s) {
      // Transposed direct form II.
      const Section& section = sections_[s];
      Memory& memory = memories_[i % channels][s];
      const double in = section.scale * value;
      const double out = in + memory.first;
      memory.first = -2.0 * in - section.a1 * out + memory.second;
      memory.second = in - section.a2 * out;
      value = out;
    }
    samples[i] = static_cast<float>(value);
  }
}

}  // namespace ictus::analysis
