#include "lib/core/peek.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <thread>

#include "lib/core/error.hpp"
#include "lib/core/fd.hpp"
#include "tests/unit/temporary_folder.hpp"

using namespace ictus;

namespace {

std::string text(const std::optional<std::vector<std::byte>>& bytes) {
  REQUIRE(bytes);
  return {reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

void write_text(int fd, std::string_view characters) {
  write_all(fd, std::as_bytes(std::span(characters)), "it");
}

std::string rest_of(int fd) {
  std::string all;
  char block[64];
  for (ssize_t count = 0; (count = ::read(fd, block, sizeof block)) > 0;)
    all.append(block, static_cast<std::size_t>(count));
  return all;
}

/// Both ends of a pipe, or of a pair of sockets.
struct Ends {
  explicit Ends(bool are_sockets) {
    int ends[2];
    REQUIRE((are_sockets ? ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) : ::pipe(ends)) == 0);
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }
  void close() { in = UniqueFd(); }
  UniqueFd out, in;
};

/// What four bytes are seen of pieces, after each of which there is a pause, and that all are read
/// afterwards.
void check_waits(const std::vector<std::string>& pieces, int pause_ms, const std::string& seen) {
  for (const bool are_sockets : {false, true}) {
    CAPTURE(are_sockets);
    Ends ends(are_sockets);
    std::thread writer([&] {
      for (const std::string& piece : pieces) {
        write_text(ends.in.get(), piece);
        std::this_thread::sleep_for(std::chrono::milliseconds(pause_ms));
      }
      ends.close();
    });
    CHECK(text(peek(ends.out.get(), 4, "it")) == seen);
    writer.join();
    std::string all;
    for (const std::string& piece : pieces) all += piece;
    CHECK(rest_of(ends.out.get()) == all);
  }
}

}  // namespace

TEST_CASE("what was looked at is read again, from pipes and sockets") {
  for (const bool are_sockets : {false, true}) {
    CAPTURE(are_sockets);
    Ends ends(are_sockets);
    write_text(ends.in.get(), "abcdefgh");
    CHECK(text(peek(ends.out.get(), 4, "it")) == "abcd");
    CHECK(text(peek(ends.out.get(), 4, "it")) == "abcd");
    ends.close();
    CHECK(text(peek(ends.out.get(), 20, "it")) == "abcdefgh");
    CHECK(rest_of(ends.out.get()) == "abcdefgh");
    CHECK(text(peek(ends.out.get(), 4, "it")).empty());
  }
}

TEST_CASE("bytes that come one by one are waited for") { check_waits({"a", "b", "c", "d", "e"}, 5, "abcd"); }

TEST_CASE("an end that comes early is seen") { check_waits({"ab"}, 20, "ab"); }

TEST_CASE("a pipe that does not block is waited for as well") {
  Ends ends(false);
  REQUIRE(::fcntl(ends.out.get(), F_SETFL, O_NONBLOCK) == 0);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    write_text(ends.in.get(), "abcd");
  });
  CHECK(text(peek(ends.out.get(), 4, "it")) == "abcd");
  writer.join();
}

TEST_CASE("a file is looked at from where it stands") {
  const tests::TemporaryFolder folder;
  const UniqueFd file(::open((folder / "x").c_str(), O_RDWR | O_CREAT, 0600));
  write_text(file.get(), "abcdef");
  REQUIRE(::lseek(file.get(), 3, SEEK_SET) == 3);
  CHECK(text(peek(file.get(), 2, "it")) == "de");
  CHECK(text(peek(file.get(), 20, "it")) == "def");
  CHECK(rest_of(file.get()) == "def");
}

TEST_CASE("devices cannot be looked at, and what is not open is an error") {
  const UniqueFd device(::open("/dev/zero", O_RDONLY));
  CHECK_FALSE(peek(device.get(), 4, "it"));
  CHECK_THROWS_AS((void)peek(1000, 4, "it"), Error);
}
