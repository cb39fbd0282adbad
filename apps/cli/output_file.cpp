#include "apps/cli/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;

enum class Place { free, file, folder, special };

Place place_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return Place::free;
  if (S_ISREG(status.st_mode)) return Place::file;
  return S_ISDIR(status.st_mode) ? Place::folder : Place::special;
}

fs::path folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

[[noreturn]] void refuse_existing(const std::string& path) {
  throw Error(display_output_name(path) + ": the output exists already", "-f replaces it");
}

/// Where a file really is, so that replacing it leaves symbolic links as they are.
std::string resolved(const std::string& path) {
  std::error_code failure;
  const fs::path real = fs::canonical(path, failure);
  return failure ? path : real.string();
}

/// A name that no other output of this or another process has.
std::string temporary_name(const fs::path& folder) {
  static std::atomic<unsigned> counter{0};
  return (folder / fmt::format(".ictus-{}-{}.part", ::getpid(), counter++)).string();
}

/// Closing is the last chance of a file system to say that bytes did not arrive.
void close_checked(int fd, const std::string& name) {
  if (::close(fd) != 0 && errno != EINTR) {
    throw Error(fmt::format("{}: cannot be written ({})", name, reason(errno)));
  }
}

}  // namespace

OutputFile::OutputFile(const std::string& path, bool replace, const Streams& streams)
    : name_(display_output_name(path)), replace_(replace) {
  if (path == kStandardStream) {
    fd_ = streams.out;
    return;
  }
  check_output(path, replace);
  if (place_at(path) == Place::special) {
    open_in_place(path);
  } else {
    open_beside(path);
  }
  fd_ = file_.get();
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(std::span<const std::byte> bytes) { write_all(fd_, bytes, name_); }

void OutputFile::commit() {
  if (!file_.is_open()) {
    // Standard output stays open; closing a copy makes the file system tell what it has to tell.
    if (const int copy = ::dup(fd_); copy >= 0) close_checked(copy, name_);
    return;
  }
  close_checked(file_.release(), name_);
  if (!temporary_.empty()) give_name();
}

void OutputFile::open_in_place(const std::string& path) {
  file_ = UniqueFd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!file_.is_open()) throw Error(fmt::format("{}: cannot be opened ({})", name_, reason(errno)));
}

void OutputFile::open_beside(const std::string& path) {
  target_ = resolved(path);
  const std::string temporary = temporary_name(folder_of(target_));
  on_signal_.emplace(temporary);  // first, so that there is no moment in which a signal could leave it
  file_ = UniqueFd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file_.is_open()) {
    throw Error(fmt::format("{}: cannot be made in its folder ({})", name_, reason(errno)));
  }
  temporary_ = temporary;
  struct stat replaced {};
  if (::stat(target_.c_str(), &replaced) == 0) ::fchmod(file_.get(), replaced.st_mode & 07777);
}

void OutputFile::give_name() {
  int failed = -1;
  if (!replace_) {
    // Refuses what another program has put there in the meantime. Not every file system can.
    failed = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE);
    if (failed != 0 && errno == EEXIST) refuse_existing(target_);
  }
  if (failed != 0 && ::rename(temporary_.c_str(), target_.c_str()) != 0) {
    throw Error(fmt::format("{}: cannot be given its name ({})", name_, reason(errno)));
  }
  temporary_.clear();
  on_signal_.reset();
}

void check_output(const std::string& path, bool replace) {
  if (path == kStandardStream) return;
  const std::string name = display_output_name(path);
  switch (place_at(path)) {
    case Place::special:
      return;
    case Place::folder:
      throw Error(name + ": is a folder, not a file");
    case Place::file:
      if (!replace) refuse_existing(path);
      return;
    case Place::free:
      break;
  }
  const fs::path folder = folder_of(path);
  if (place_at(folder.string()) != Place::folder) {
    throw Error(fmt::format("{}: the folder {} does not exist", name, display_output_name(folder.string())),
                fmt::format("make it first: mkdir -p '{}'", display_output_name(folder.string())));
  }
}

}  // namespace ictus::cli
