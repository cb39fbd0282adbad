// Single chunks of WAV and AIFF files, for what lies beside plain sound in them.
#pragma once

#include <optional>
#include <string_view>

#include "lib/audio/byte_range.hpp"

namespace ictus::audio {

/// The content of the first chunk whose name is `id`, in any case, and which begins with `start`; as much of
/// it as is there. Nothing if the file has none, or is neither WAV nor AIFF.
std::optional<ByteRange> find_riff_chunk(const ByteRange& file, std::string_view id,
                                         std::string_view start = {});

}  // namespace ictus::audio
