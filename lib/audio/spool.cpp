#include "lib/audio/spool.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "lib/core/error.hpp"

namespace ictus::audio {
namespace {

UniqueFd open_nameless_file() {
  const char* chosen = std::getenv("TMPDIR");
  std::string path =
      std::string(chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp") + "/ictus-XXXXXX";
  UniqueFd file(::mkstemp(path.data()));
  if (file.get() < 0) {
    throw Error("cannot create a temporary file " + path + ": " + std::strerror(errno),
                "set TMPDIR to a folder that can be written, or give the sound as a file");
  }
  ::unlink(path.c_str());
  return file;
}

}  // namespace

UniqueFd spool(PeekableInput& input) {
  UniqueFd file = open_nameless_file();
  std::array<std::byte, 65536> bytes{};
  while (const std::size_t count = input.read_some(bytes)) {
    write_all(file.get(), std::span(bytes).first(count), "the temporary copy of " + input.name());
  }
  if (::lseek(file.get(), 0, SEEK_SET) < 0) {
    throw Error("cannot rewind the temporary copy of " + input.name() + ": " + std::strerror(errno));
  }
  return file;
}

}  // namespace ictus::audio
