// How a sound would go on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ictus::analysis {

/// So many samples more of a sound of one channel, by linear prediction from its last ones: tones go on,
/// noise dies away at once. Coefficients are Burg's, after Kay, Modern Spectral Estimation (1988),
/// section 7.7; extrapolation after Kauppinen and Roth, Audio signal extrapolation (2002).
std::vector<float> continuation(std::span<const float> samples, std::size_t count);

}  // namespace ictus::analysis
