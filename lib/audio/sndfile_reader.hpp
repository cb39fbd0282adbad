// Whatever is neither plain PCM nor has a reader of its own, by libsndfile.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lib/audio/byte_range.hpp"
#include "lib/audio/frame_reader.hpp"
#include "lib/audio/sound_header.hpp"

namespace ictus::audio {

/// `header`, where the container has one that is known here, has the last word on how much sound there should
/// be. Throws ictus::Error if libsndfile cannot read the file.
std::unique_ptr<FrameReader> open_sndfile(ByteRange bytes, std::optional<SoundHeader> header);

/// The error for what is no sound at all.
Error not_a_sound_file(const std::string& name);

}  // namespace ictus::audio
