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

/// Adds a tag that was found in a file: under its name in lower case, where control characters and '=' become
/// '_'; as UTF-8, without NUL. What has no name or no value is left out.
void add_tag(Tags& tags, std::string_view name, std::string_view value);

/// Adds those of `more` whose names `tags` does not have.
void add_missing(Tags& tags, const Tags& more);

/// `info` is what follows the word INFO in a LIST chunk. Entries that have no name here keep the four letters
/// that they have there.
Tags parse_info_tags(std::span<const std::byte> info);

/// A whole LIST chunk of even size; empty if no tag has a name that INFO knows. Several values of one
/// name become one, joined by "; ", as most readers take only one.
std::vector<std::byte> make_info_chunk(const Tags& tags);

}  // namespace ictus::audio
