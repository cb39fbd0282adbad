#include "lib/core/new_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "lib/core/error.hpp"
#include "tests/unit/temporary_folder.hpp"

using namespace ictus;
using tests::TemporaryFolder;
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::byte, 2> kBytes = {std::byte{'h'}, std::byte{'i'}};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t count_in(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

void write_whole(const std::string& path, bool replace = false) {
  NewFile file(path, "it", replace);
  file.write(kBytes);
  file.commit();
}

}  // namespace

TEST_CASE("NewFile: is there in whole or not at all") {
  const TemporaryFolder folder;
  {
    NewFile file(folder / "a", "it", false);
    file.write(kBytes);
    CHECK_FALSE(fs::exists(folder / "a"));
  }
  CHECK(count_in(folder / "") == 0);
  write_whole(folder / "a");
  CHECK(content(folder / "a") == "hi");
  CHECK_THROWS_AS(write_whole(folder / "a"), Error);
  CHECK(count_in(folder / "") == 1);
}

TEST_CASE("NewFile: links stay, whether there is something at their end or not") {
  const TemporaryFolder folder;
  fs::create_directory(folder / "store");
  fs::create_symlink("store/real", folder / "link");
  for (int i = 0; i < 2; ++i) {
    write_whole(folder / "link", i == 1);
    CHECK(fs::is_symlink(folder / "link"));
    CHECK(content(folder / "store/real") == "hi");
    CHECK(count_in(folder / "store") == 1);
    std::ofstream(folder / "store/real") << "other";
  }
}

TEST_CASE("NewFile: a device stays what it is") {
  write_whole("/dev/null", true);
  struct stat status {};
  REQUIRE(::stat("/dev/null", &status) == 0);
  CHECK(S_ISCHR(status.st_mode));
}

TEST_CASE("remove_temporary_paths: takes what is not finished, and nothing else") {
  const TemporaryFolder folder;
  write_whole(folder / "done");
  NewFile file(folder / "begun", "it", false);
  CHECK(count_in(folder / "") == 2);
  remove_temporary_paths();
  CHECK(count_in(folder / "") == 1);
  CHECK(content(folder / "done") == "hi");
}
