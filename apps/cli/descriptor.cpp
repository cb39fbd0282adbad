#include "apps/cli/descriptor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
namespace {

/// Calls `operation` until it does something, through interruptions and on descriptors that do not block.
template <typename Operation>
std::size_t persist(int fd, short events, const char* verb, const std::string& name, Operation operation) {
  for (;;) {
    const ssize_t count = operation();
    if (count >= 0) return static_cast<std::size_t>(count);
    const int error_number = errno;
    if (error_number == EINTR) continue;
    if (error_number == EAGAIN || error_number == EWOULDBLOCK) {
      pollfd waiting{fd, events, 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    throw Error(fmt::format("{}: cannot be {} ({})", name, verb, reason(error_number)));
  }
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int Descriptor::release() { return std::exchange(fd_, -1); }

std::size_t read_some(int fd, std::span<std::byte> bytes, const std::string& name) {
  return persist(fd, POLLIN, "read", name, [&] { return ::read(fd, bytes.data(), bytes.size()); });
}

void write_all(int fd, std::span<const std::byte> bytes, const std::string& name) {
  while (!bytes.empty()) {
    bytes = bytes.subspan(
        persist(fd, POLLOUT, "written", name, [&] { return ::write(fd, bytes.data(), bytes.size()); }));
  }
}

Descriptor open_for_reading(const std::string& path) {
  const std::string name = display_name(path);
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
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
