// The header of a W64 stream (Sonic Foundry, "Sony Wave64"): WAV with GUIDs for names and sizes of 64 bits.
#pragma once

#include <optional>

#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

/// Nothing if the input is not W64 at all; throws ictus::Error if it is and is unusable.
std::optional<SoundHeader> read_w64_header(const HeaderInput& input);

}  // namespace ictus::audio
