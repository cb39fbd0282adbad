#include "apps/cli/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cctype>
#include <cerrno>
#include <cstring>

#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
UniqueFd open_for_reading(const std::string& path) {
  const std::string name = display_name(path);
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) throw Error(fmt::format("{}: cannot be opened ({})", name, reason(errno)));
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    throw Error(name + ": is a folder, not a file");
  }
  return file;
}

std::string reason(int error_number) {
  std::string text = std::strerror(error_number);
  // "Is a directory" begins a sentence; in ours it stands in the middle. Names such as "I/O" stay.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace ictus::cli
