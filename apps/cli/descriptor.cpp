#include "apps/cli/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>

#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"
#include "lib/core/path.hpp"

namespace ictus::cli {

UniqueFd open_for_reading(const std::string& path) {
  const std::string name = display_name(path);
  UniqueFd file = open_path(path, O_RDONLY);
  if (!file.is_open()) throw Error(fmt::format("{}: cannot be opened ({})", name, reason(errno)));
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw Error(name + ": is a folder, not a file");
  }
  return file;
}

}  // namespace ictus::cli
