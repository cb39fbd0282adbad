#include "lib/core/fd.hpp"

#include <poll.h>
#include <sys/types.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>

#include "lib/core/error.hpp"

namespace ictus {
namespace {

/// Calls `operation` until it does something; `events` is what to wait for on a non-blocking descriptor.
template <typename Operation>
std::size_t retry(int fd, short events, const char* verb, const std::string& name, Operation operation) {
  for (;;) {
    const ssize_t done = operation();
    if (done >= 0) return static_cast<std::size_t>(done);
    const int reason = errno;
    if (reason == EINTR) continue;
    if (reason == EAGAIN || reason == EWOULDBLOCK) {
      pollfd waiting{fd, events, 0};
      ::poll(&waiting, 1, -1);
      continue;
    }
    throw Error(std::string("cannot ") + verb + " " + name + ": " + std::strerror(reason));
  }
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) ::close(fd_);
}

int UniqueFd::release() {
  const int fd = fd_;
  fd_ = -1;
  return fd;
}

std::size_t read_some(int fd, std::span<std::byte> bytes, const std::string& name) {
  return retry(fd, POLLIN, "read", name, [&] { return ::read(fd, bytes.data(), bytes.size()); });
}

std::size_t read_at(int fd, std::uint64_t offset, std::span<std::byte> bytes, const std::string& name) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto rest = bytes.subspan(done);
    const std::size_t count = retry(fd, POLLIN, "read", name, [&] {
      return ::pread(fd, rest.data(), rest.size(), static_cast<off_t>(offset + done));
    });
    if (count == 0) break;
    done += count;
  }
  return done;
}

void write_all(int fd, std::span<const std::byte> bytes, const std::string& name) {
  while (!bytes.empty()) {
    bytes = bytes.subspan(
        retry(fd, POLLOUT, "write", name, [&] { return ::write(fd, bytes.data(), bytes.size()); }));
  }
}

void write_all_at(int fd, std::uint64_t offset, std::span<const std::byte> bytes, const std::string& name) {
  while (!bytes.empty()) {
    const std::size_t count = retry(fd, POLLOUT, "write", name, [&] {
      return ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    bytes = bytes.subspan(count);
    offset += count;
  }
}

std::string reason(int error_number) {
  std::string text = std::strerror(error_number);
  // "Is a directory" begins a sentence; in ours it stands in the middle. Names such as "I/O" stay.
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

}  // namespace ictus
