#include "lib/core/file_bytes.hpp"

#include <fcntl.h>

#include <cerrno>
#include <span>

#include "lib/core/error.hpp"
#include "lib/core/fd.hpp"
#include "lib/core/path.hpp"

namespace ictus {

std::vector<std::byte> file_bytes(const std::string& path, const std::string& remedy) {
  if (place_at(path) == Place::folder) throw Error(path + ": is a folder, not a file", remedy);
  const UniqueFd fd = open_path(path, O_RDONLY | O_CLOEXEC);
  if (!fd.is_open()) throw Error(path + ": cannot be opened (" + reason(errno) + ")", remedy);
  constexpr std::size_t kAtOnce = std::size_t{1} << 18U;
  std::vector<std::byte> bytes;
  try {
    for (std::size_t size = 0;;) {
      bytes.resize(size + kAtOnce);
      const std::size_t count = read_some(fd.get(), std::span(bytes).subspan(size), path);
      size += count;
      if (count > 0) continue;
      bytes.resize(size);
      return bytes;
    }
  } catch (const Error& error) {
    throw Error(error.what(), error.hint().empty() ? remedy : error.hint());
  }
}

}  // namespace ictus
