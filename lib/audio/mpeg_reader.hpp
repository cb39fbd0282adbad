// MP3, and MPEG audio of the other layers, also several files joined.
#pragma once

#include <memory>

#include "lib/audio/byte_range.hpp"
#include "lib/audio/frame_reader.hpp"

namespace ictus::audio {

/// Throws ictus::Error if there are no MPEG frames, not_a_sound_file() among others.
std::unique_ptr<FrameReader> open_mpeg(const ByteRange& file);

}  // namespace ictus::audio
