#include "lib/core/peek.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/core/fd.hpp"

namespace ictus {
namespace {

using Bytes = std::vector<std::byte>;

[[noreturn]] void fail(const std::string& name) {
  throw Error(name + ": cannot be read (" + reason(errno) + ")");
}

Bytes peek_file(int fd, std::size_t count, const std::string& name) {
  const off_t position = ::lseek(fd, 0, SEEK_CUR);
  if (position < 0) fail(name);
  Bytes bytes(count);
  bytes.resize(read_at(fd, static_cast<std::uint64_t>(position), bytes, name));
  return bytes;
}

/// Waits until there is something to read, or the end; false: the other end is closed.
bool wait_for_more(int fd, const std::string& name) {
  struct pollfd wanted {
    fd, POLLIN | POLLRDHUP, 0
  };
  while (::poll(&wanted, 1, -1) < 0) {
    if (errno != EINTR) fail(name);
  }
  return (wanted.revents & (POLLHUP | POLLRDHUP | POLLERR)) == 0;
}

/// A copy of what lies in the pipe by now, made in another pipe.
Bytes peek_pipe_once(int fd, std::size_t count, const std::string& name) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail(name);
  const UniqueFd out(ends[0]);
  const UniqueFd in(ends[1]);
  ssize_t copied = 0;
  while ((copied = ::tee(fd, in.get(), count, SPLICE_F_NONBLOCK)) < 0) {
    if (errno == EAGAIN) return {};
    if (errno != EINTR) fail(name);
  }
  Bytes bytes(static_cast<std::size_t>(copied));
  std::size_t filled = 0;
  while (filled < bytes.size()) filled += read_some(out.get(), std::span(bytes).subspan(filled), name);
  return bytes;
}

Bytes peek_pipe(int fd, std::size_t count, const std::string& name) {
  for (;;) {
    const bool is_open = wait_for_more(fd, name);
    const Bytes bytes = peek_pipe_once(fd, count, name);
    if (bytes.size() == count || !is_open) return bytes;
    // Some of it is there, so that the pipe counts as ready; nothing tells when there is more.
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

std::optional<Bytes> peek_socket(int fd, std::size_t count, const std::string& name) {
  Bytes bytes(count);
  for (;;) {
    const bool is_open = wait_for_more(fd, name);
    const ssize_t found = ::recv(fd, bytes.data(), count, MSG_PEEK | MSG_DONTWAIT);
    if (found < 0 && errno != EAGAIN && errno != EINTR) fail(name);
    // The end comes with nothing, or behind what is there: then no more will come.
    if (found == 0 || (found > 0 && (static_cast<std::size_t>(found) == count || !is_open))) {
      bytes.resize(static_cast<std::size_t>(found));
      return bytes;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

std::optional<std::vector<std::byte>> peek(int fd, std::size_t count, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) fail(name);
  if (S_ISREG(status.st_mode)) return peek_file(fd, count, name);
  if (S_ISFIFO(status.st_mode)) return peek_pipe(fd, count, name);
  if (S_ISSOCK(status.st_mode)) return peek_socket(fd, count, name);
  return std::nullopt;
}

}  // namespace ictus
