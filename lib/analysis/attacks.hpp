// Attacks: moments at which a sound sets in, found in its samples, finer than any spectrogram shows them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace ictus::analysis {

/// Samples at which something much louder than what was before sets in, in rising order. An attack is where
/// the energy of 2 ms climbs by 10 dB above its highest of the 40 ms before; it begins where a part of a
/// thousandth of its loudest 2 ms, or twice what was before, is first reached.
std::vector<std::int64_t> attacks(std::span<const float> samples, int sample_rate_hz);

}  // namespace ictus::analysis
