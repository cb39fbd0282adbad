#include "lib/core/path.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "lib/core/error.hpp"
#include "tests/unit/temporary_folder.hpp"

using namespace ictus;
using tests::TemporaryFolder;
namespace fs = std::filesystem;

TEST_CASE("end_of_links: links are followed to where nothing is yet") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "store");
  fs::create_symlink("store/out", folder / "relative");
  fs::create_symlink(folder / "relative", folder / "second");
  fs::create_symlink("second", folder / "third");
  fs::create_symlink("nowhere/out/", folder / "into-nothing");
  CHECK(end_of_links(folder / "plain") == folder / "plain");
  CHECK(end_of_links(folder / "store/") == folder / "store");
  CHECK(end_of_links(folder / "relative") == folder / "store/out");
  CHECK(end_of_links(folder / "third") == folder / "store/out");
  CHECK(end_of_links(folder / "into-nothing") == folder / "nowhere/out/");
  CHECK(folder_of(end_of_links(folder / "into-nothing")) == folder / "nowhere/out");
  std::ofstream(folder / "store/out") << "there now";
  CHECK(end_of_links(folder / "third") == folder / "store/out");
}

TEST_CASE("place_at: links that lead in a circle are told, not taken for a free place") {
  const TemporaryFolder folder;
  fs::create_symlink("b", folder / "a");
  fs::create_symlink("a", folder / "b");
  CHECK_THROWS_AS((void)place_at(folder / "a"), Error);
  CHECK_THROWS_AS((void)place_at(folder / std::string(300, 'x')), Error);
  CHECK(place_at(folder / "c") == Place::free);
  CHECK(place_at(folder / "") == Place::folder);
  CHECK(place_at("/dev/null") == Place::special);
}

TEST_CASE("descriptor_named: by every name, and through links") {
  const TemporaryFolder folder;
  fs::create_symlink("/dev/stdin", folder / "in");
  fs::create_symlink(folder / "in", folder / "in2");
  const std::string pid = std::to_string(::getpid());
  CHECK(descriptor_named("/dev/stdin") == 0);
  CHECK(descriptor_named("//dev/../dev/stdout") == 1);
  CHECK(descriptor_named("/dev/stderr") == 2);
  CHECK(descriptor_named("/dev/fd/63") == 63);
  CHECK(descriptor_named("/proc/self/fd/7") == 7);
  CHECK(descriptor_named("/proc/thread-self/fd/7") == 7);
  CHECK(descriptor_named("/proc/" + pid + "/fd/7") == 7);
  CHECK(descriptor_named(folder / "in2") == 0);
  for (const char* const other : {"/dev/null", "/dev/fd", "/dev/fd/", "/dev/fd/x",
                                  "/proc/self/fd/99999999999", "1", "fd/1", "/proc/1/fd/1", "-", ""}) {
    CAPTURE(other);
    CHECK_FALSE(descriptor_named(other).has_value());
  }
  // Of another process, as far as there is one whose descriptors may be seen.
  const std::string parent = "/proc/" + std::to_string(::getppid()) + "/fd";
  if (::access(parent.c_str(), X_OK) == 0) CHECK(stands_for_descriptor(parent + "/0"));
}

TEST_CASE("open_path: a descriptor keeps its place in the file") {
  const TemporaryFolder folder;
  std::ofstream(folder / "text") << "0123456789";
  const UniqueFd file(::open((folder / "text").c_str(), O_RDONLY | O_CLOEXEC));
  std::byte bytes[4];
  REQUIRE(read_some(file.get(), bytes, "text") == 4);
  const UniqueFd copy = open_path("/dev/fd/" + std::to_string(file.get()), O_RDONLY);
  REQUIRE(copy.is_open());
  REQUIRE(read_some(copy.get(), bytes, "text") == 4);
  CHECK(std::to_integer<char>(bytes[0]) == '4');
  CHECK_FALSE(open_path("/dev/fd/987", O_RDONLY).is_open());
}

TEST_CASE("has_suffix: in capitals or not") {
  CHECK(has_suffix("a/SONG.Mars", ".mars"));
  CHECK_FALSE(has_suffix("mars", ".mars"));
  CHECK_FALSE(has_suffix("a.mars.evs", ".mars"));
}
