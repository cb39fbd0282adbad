// Apple's description of what channels are meant for, in CAF ("chan") and AIFF-C ("CHAN").
#pragma once

#include <cstddef>
#include <span>

#include "lib/audio/speakers.hpp"

namespace ictus::audio {

/// `chunk` is the content: a tag, a bitmap, a count and descriptions, big endian. Empty: a layout that is not
/// known here, or not one of so many channels.
[[nodiscard]] Speakers speakers_of_layout(std::span<const std::byte> chunk, int channels);

}  // namespace ictus::audio
