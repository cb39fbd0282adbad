// Sounds that are simpler than recordings: tones, glides, vibratos, noise and clicks, drawn by chance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ictus::training {

/// `count` sounds of some seconds each, at `rate_hz`; the same seed gives the same sounds.
[[nodiscard]] std::vector<std::vector<float>> simple_sounds(std::size_t count, int rate_hz,
                                                            std::uint64_t seed);

}  // namespace ictus::training
