// A file as libsndfile reads it, with sizes in it that are put right.
#pragma once

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/audio/byte_range.hpp"

namespace ictus::audio {

/// Bytes that are read in place of those in the file.
struct Patch {
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;
};

struct VirtualFile {
  ByteRange bytes;
  std::vector<Patch> patches;
  std::uint64_t position = 0;
};

/// For sf_open_virtual, with a VirtualFile that outlives the SNDFILE as its user data. What the system
/// refuses to read is as if the file ended there.
[[nodiscard]] SF_VIRTUAL_IO& virtual_file_io();

}  // namespace ictus::audio
