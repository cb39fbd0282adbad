// Whether an AIFF file holds all the sound that its header promises; libsndfile reads it but does not say.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lib/audio/wav_header.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {

/// Nothing if the file is whole or is not AIFF.
std::optional<DamagedInput> find_aiff_damage(const ReadAt& read_at, std::uint64_t file_bytes,
                                             const std::string& name);

}  // namespace ictus::audio
