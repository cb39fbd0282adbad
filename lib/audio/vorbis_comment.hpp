// Tags as FLAC, Vorbis and Opus write them (Ogg Vorbis I format specification: comment field).
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "lib/audio/audio.hpp"

namespace ictus::audio {

/// Adds one entry, NAME=value, under its name in lower case. Left out are empty values, pictures, and
/// what is no tag but says what the channels are meant for.
void add_comment(Tags& tags, std::string_view entry);

/// A whole block of comments: the vendor's name, then the entries; as far as it goes if it is cut short.
Tags parse_comments(std::span<const std::byte> block);

}  // namespace ictus::audio
