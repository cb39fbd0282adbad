// Ogg files with Vorbis, Opus or FLAC in them, also several joined.
#pragma once

#include <memory>

#include "lib/audio/byte_range.hpp"
#include "lib/audio/frame_reader.hpp"

namespace ictus::audio {

/// The file begins with "OggS". Throws ictus::Error if it cannot be used.
std::unique_ptr<FrameReader> open_ogg(const ByteRange& file);

}  // namespace ictus::audio
