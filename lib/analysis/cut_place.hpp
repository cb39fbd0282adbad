// Where a long sound may be cut in two.
#pragma once

#include <cstddef>
#include <span>

namespace ictus::analysis {

/// The frame at which least goes on of what sounds: where it is quietest for a moment, as it is before an
/// attack. High frequencies count more, as in hearing. It has `before` and `after` frames at either side of
/// it, which are some milliseconds at least. `samples` are at 44.1 kHz, channels side by side.
[[nodiscard]] std::size_t cut_place(std::span<const float> samples, std::size_t channels, std::size_t before,
                                    std::size_t after);

}  // namespace ictus::analysis
