#include "lib/train/own_address.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <memory>

#include "lib/core/error.hpp"

namespace ictus::train {
namespace {

/// Of the side here of a connection to `there`; empty where no network leads to it.
std::string address_towards(const addrinfo& there) {
  const int fd = ::socket(there.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return {};
  sockaddr_storage own{};
  auto* const place = reinterpret_cast<sockaddr*>(&own);
  socklen_t size = sizeof own;
  std::array<char, NI_MAXHOST> name{};
  const bool is_known = ::connect(fd, there.ai_addr, there.ai_addrlen) == 0 &&
                        ::getsockname(fd, place, &size) == 0 &&
                        ::getnameinfo(place, size, name.data(), name.size(), nullptr, 0, NI_NUMERICHOST) == 0;
  ::close(fd);
  return is_known ? name.data() : "";
}

}  // namespace

std::string own_address(const std::string& address, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int failure = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found))
    throw Error(fmt::format("{}: {}", address, ::gai_strerror(failure)),
                "MASTER_ADDR names the machine of rank 0");
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all(found, ::freeaddrinfo);
  for (const addrinfo* there = found; there != nullptr; there = there->ai_next)
    if (const std::string own = address_towards(*there); !own.empty()) return own;
  throw Error(fmt::format("{}: no network leads there", address), "MASTER_ADDR names the machine of rank 0");
}

}  // namespace ictus::train
