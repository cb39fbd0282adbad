// The header of an AU stream (Sun, NeXT), big endian, or little endian as DEC wrote it.
#pragma once

#include <optional>

#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

/// Nothing if the input is not AU at all; throws ictus::Error if it is and is unusable.
std::optional<SoundHeader> read_au_header(const HeaderInput& input);

}  // namespace ictus::audio
