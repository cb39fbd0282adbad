// FLAC, Ogg and MP3 files for tests, made by libraries that are not under test, and what can be done to their
// bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "tests/unit/audio/support.hpp"

namespace ictus::test {

struct FlacLayout {
  unsigned bits = 16;
  int rate = 22050;
  int channels = 1;
  bool is_in_ogg = false;
  bool tells_length = true;
  std::vector<std::string> comments = {};
};

/// By libFLAC's encoder.
Bytes flac_bytes(const FlacLayout& layout, std::span<const float> interleaved);

/// By libsndfile; `format` as in sndfile.h.
Bytes sndfile_bytes(int format, int rate, int channels, std::span<const float> interleaved);

/// Where the pages of an Ogg file begin, and its end.
std::vector<std::size_t> ogg_pages(const Bytes& file);

/// One page with one packet, its checksum as it should be.
Bytes ogg_page_of(int flags, std::uint64_t granule, std::uint32_t serial, std::uint32_t number,
                  const Bytes& packet);

/// An ID3v2.3 tag with a title, and so many zeros behind it.
Bytes id3v2_tag(std::string_view title, std::size_t padding);
/// 128 bytes.
Bytes id3v1_tag(std::string_view title);

Bytes part(const Bytes& file, std::size_t begin, std::size_t end);

}  // namespace ictus::test
