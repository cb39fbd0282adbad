#include "lib/audio/virtual_file.hpp"

#include <algorithm>
#include <cstdio>

#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

VirtualFile& file(void* data) { return *static_cast<VirtualFile*>(data); }

sf_count_t length(void* data) { return static_cast<sf_count_t>(file(data).bytes.size()); }

sf_count_t tell(void* data) { return static_cast<sf_count_t>(file(data).position); }

sf_count_t seek(sf_count_t offset, int whence, void* data) {
  VirtualFile& part = file(data);
  const sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? tell(data) : length(data);
  part.position = static_cast<std::uint64_t>(std::clamp<sf_count_t>(from + offset, 0, length(data)));
  return tell(data);
}

sf_count_t read(void* target, sf_count_t count, void* data) {
  VirtualFile& part = file(data);
  const auto wanted =
      std::min(static_cast<std::uint64_t>(std::max<sf_count_t>(count, 0)), part.bytes.size() - part.position);
  const std::span<std::byte> bytes(static_cast<std::byte*>(target), wanted);
  std::size_t done = 0;
  try {
    done = part.bytes.read_at(part.position, bytes);
  } catch (const Error&) {  // must not pass through libsndfile
    return 0;
  }
  for (const Patch& patch : part.patches) {
    for (std::size_t i = 0; i < patch.bytes.size(); ++i) {
      const std::uint64_t place = patch.offset + i - part.position;  // wraps, and is then beyond
      if (place < done) bytes[place] = patch.bytes[i];
    }
  }
  part.position += done;
  return static_cast<sf_count_t>(done);
}

sf_count_t write(const void*, sf_count_t, void*) { return 0; }

}  // namespace

SF_VIRTUAL_IO& virtual_file_io() {
  static SF_VIRTUAL_IO io{length, seek, read, write, tell};
  return io;
}

}  // namespace ictus::audio
