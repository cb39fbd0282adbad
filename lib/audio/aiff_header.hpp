// The header of an AIFF or AIFF-C stream (Apple, "Audio Interchange File Format", 1989 and 1991).
#pragma once

#include <optional>

#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

/// Nothing if the input is not AIFF at all; throws ictus::Error if it is and is unusable.
std::optional<SoundHeader> read_aiff_header(const HeaderInput& input);

}  // namespace ictus::audio
