// FLAC files, also several joined, and with tags that are none of FLAC's around them.
#pragma once

#include <memory>

#include "lib/audio/byte_range.hpp"
#include "lib/audio/frame_reader.hpp"

namespace ictus::audio {

/// The file begins with "fLaC", or with ID3v2 tags before that. Throws ictus::Error if it cannot be used.
std::unique_ptr<FrameReader> open_flac(const ByteRange& file);

}  // namespace ictus::audio
