// What still rings, after a cut, of what sounded before it: all of that is let go there.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

#include "lib/analysis/target.hpp"

namespace ictus::analysis {

/// Frames before a cut by which is known what sounds there.
inline constexpr std::size_t kSeenBeforeCut = 4096;
/// In which it dies away by 60 dB: slow enough for what goes on to begin meanwhile.
inline constexpr float kCutDampingS = 0.2F;

/// Its power in so many frames, the first of which is centred at the cut, and of that what comes from the
/// left of two channels. `samples` are kSeenBeforeCut frames at 44.1 kHz, channels side by side.
[[nodiscard]] std::pair<PowerMaps, synthesis::PowerMap> ringing_after_cut(std::span<const float> samples,
                                                                          int channels, int frames);

}  // namespace ictus::analysis
