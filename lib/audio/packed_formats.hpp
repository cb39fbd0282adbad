// FLAC, Ogg and MPEG files, told apart by how they begin.
#pragma once

#include <memory>

#include "lib/audio/byte_range.hpp"
#include "lib/audio/frame_reader.hpp"

namespace ictus::audio {

/// Nothing if the file is none of these. Throws ictus::Error if it is one and cannot be used.
std::unique_ptr<FrameReader> open_packed(const ByteRange& file);

}  // namespace ictus::audio
