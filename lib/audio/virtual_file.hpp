// A part of a file as libsndfile reads it, with sizes in it that are put right.
#pragma once

#include <sndfile.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/core/fd.hpp"

namespace ictus::audio {

/// Bytes that are read in place of those in the file.
struct Patch {
  std::uint64_t offset = 0;
  std::vector<std::byte> bytes;
};

struct VirtualFile {
  UniqueFd fd;
  std::string name;
  std::uint64_t begin = 0;
  std::uint64_t bytes = 0;
  std::vector<Patch> patches;
  std::uint64_t position = 0;  ///< from `begin`
};

/// For sf_open_virtual, with a VirtualFile that outlives the SNDFILE as its user data. What the system
/// refuses to read is as if the file ended there.
[[nodiscard]] SF_VIRTUAL_IO& virtual_file_io();

}  // namespace ictus::audio
