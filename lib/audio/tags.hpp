// Tags: their names here, and in the INFO list of a WAV file.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/audio/audio.hpp"

namespace ictus::audio {

/// `text` itself if it is UTF-8; otherwise the same text read as Latin-1, the other habit in WAV files.
std::string to_utf8(std::string_view text);

/// `info` is what follows the word INFO in a LIST chunk. Entries with other names are left out.
Tags parse_info_tags(std::span<const std::byte> info);

/// A whole LIST chunk of even size; empty if no tag has a name that INFO knows (title, artist, album,
/// date, genre, comment, copyright, software, tracknumber; in any case). Other tags are left out.
std::vector<std::byte> make_info_chunk(const Tags& tags);

}  // namespace ictus::audio
