// The tags of MP3 files (ID3v2, ID3v1, APE), which others have as well.
#pragma once

#include "lib/audio/audio.hpp"
#include "lib/audio/byte_range.hpp"

namespace ictus::audio {

/// By the names of Vorbis comments. Of a name that several kinds of tags have, ID3v2 is believed before APE,
/// and that before ID3v1, which cuts its values short. Pictures and what is no text are left out.
Tags read_id3_tags(const ByteRange& file);

/// The tags of an ID3v2 chunk in a WAV or AIFF file; none if there is no such chunk.
Tags read_id3_chunk(const ByteRange& file);

}  // namespace ictus::audio
