// Everything that is not plain PCM in WAV: whatever libsndfile reads, from a file that can seek.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lib/audio/frame_reader.hpp"
#include "lib/core/fd.hpp"

namespace ictus::audio {

/// `known_damage` is reported at the end, if libsndfile itself finds nothing wrong. Throws ictus::Error
/// if libsndfile cannot read the file.
std::unique_ptr<FrameReader> open_sndfile(UniqueFd fd, const std::string& name,
                                          std::optional<DamagedInput> known_damage);

/// The error for what is no sound at all.
Error not_a_sound_file(const std::string& name);

}  // namespace ictus::audio
