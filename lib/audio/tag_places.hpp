// Where tags that belong to no container lie: in front of sound, behind it, and between files that were
// joined.
#pragma once

#include <cstdint>

#include "lib/audio/byte_range.hpp"

namespace ictus::audio {

/// Bytes of the tag (ID3v2, ID3v1, APE) that begins at `offset`; 0 if none does.
std::uint64_t tag_bytes_at(const ByteRange& file, std::uint64_t offset);

/// Where the first thing behind `offset` lies that is no tag.
std::uint64_t skip_tags(const ByteRange& file, std::uint64_t offset);

/// Where the tags at the end of the file begin (ID3v1, APE, Lyrics3, ID3v2 with a footer).
std::uint64_t end_before_tags(const ByteRange& file);

}  // namespace ictus::audio
