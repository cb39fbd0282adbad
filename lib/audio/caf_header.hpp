// The header of a CAF stream (Apple, "Core Audio Format Specification 1.0").
#pragma once

#include <optional>

#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

/// Nothing if the input is not CAF at all; throws ictus::Error if it is and is unusable.
std::optional<SoundHeader> read_caf_header(const HeaderInput& input);

}  // namespace ictus::audio
