#include "lib/core/new_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <random>
#include <utility>

#include "lib/core/error.hpp"
#include "lib/core/path.hpp"

namespace ictus {
namespace {

/// A name that no other file of this or another process has: machines that share a folder may give processes
/// the same number, and so drawn ones stand in it too.
std::string temporary_name(const std::string& folder) {
  static std::atomic<unsigned> counter{0};
  static const unsigned drawn = std::random_device{}();
  return folder + "/.ictus-" + std::to_string(::getpid()) + "-" + std::to_string(drawn) + "-" +
         std::to_string(counter++) + ".part";
}

[[noreturn]] void fail(const std::string& name, const char* what) {
  throw Error(name + ": " + what + " (" + reason(errno) + ")");
}

}  // namespace

NewFile::NewFile(const std::string& path, std::string name, bool replace)
    : name_(std::move(name)), replace_(replace), target_(end_of_links(path)) {
  if (place_at(path) != Place::special) {
    open_beside();
    return;
  }
  file_ = open_path(path, O_WRONLY | O_NOCTTY);
  if (!file_.is_open()) fail(name_, "cannot be opened");
}

NewFile::~NewFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void NewFile::commit() {
  close_checked(file_.release(), name_);
  if (!temporary_.empty()) give_name();
}

void NewFile::open_beside() {
  const std::string temporary = temporary_name(folder_of(target_));
  on_signal_.emplace(temporary);  // first, so that there is no moment in which a signal could leave it
  file_ = UniqueFd(::open(temporary.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file_.is_open()) fail(name_, "cannot be made in its folder");
  temporary_ = temporary;
  struct stat replaced {};
  if (::stat(target_.c_str(), &replaced) == 0) ::fchmod(file_.get(), replaced.st_mode & 07777);
}

void NewFile::give_name() {
  int failed = -1;
  if (!replace_) {
    // Refuses what another program has put there in the meantime. Not every file system can.
    failed = ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE);
    if (failed != 0 && errno == EEXIST) refuse_existing(name_);
  }
  if (failed != 0 && ::rename(temporary_.c_str(), target_.c_str()) != 0)
    fail(name_, "cannot be given its name");
  temporary_.clear();
  on_signal_.reset();
}

void close_checked(int fd, const std::string& name) {
  if (::close(fd) != 0 && errno != EINTR) fail(name, "cannot be written");
}

void refuse_existing(const std::string& name) {
  throw Error(name + ": the output exists already", "-f replaces it");
}

}  // namespace ictus
