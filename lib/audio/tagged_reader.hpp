// A reader whose file has tags that the reader itself does not know of.
#pragma once

#include <memory>

#include "lib/audio/frame_reader.hpp"

namespace ictus::audio {

/// The same sound; of `tags`, those that it does not have under their names already are added.
std::unique_ptr<FrameReader> with_tags(std::unique_ptr<FrameReader> reader, const Tags& tags);

}  // namespace ictus::audio
