#include "apps/cli/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"
#include "lib/core/path.hpp"

namespace ictus::cli {
namespace {

void refuse_terminal(const std::string& name) {
  throw Error(name + ": is a terminal, and the output is binary", "name a file with -o");
}

void check_descriptor(int fd, const std::string& name) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) throw Error(fmt::format("{}: cannot be opened ({})", name, reason(errno)));
  if ((flags & O_ACCMODE) == O_RDONLY) throw Error(name + ": is open for reading alone");
  if (::isatty(fd) == 1) refuse_terminal(name);
}

/// What is no ordinary file is written as it is, and never replaced.
void check_special(const std::string& path, const std::string& name) {
  if (const auto descriptor = descriptor_named(path)) {
    check_descriptor(*descriptor, name);
    return;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    throw Error(fmt::format("{}: cannot be opened ({})", name, reason(errno)));
  }
  if (S_ISREG(status.st_mode)) {
    throw Error(name + ": is a file that another process has open, at a place of its own",
                "name the file itself, or send standard output to it");
  }
  if (::access(path.c_str(), W_OK) != 0) {
    throw Error(fmt::format("{}: cannot be opened ({})", name, reason(errno)));
  }
  if (!S_ISCHR(status.st_mode)) return;
  const UniqueFd device(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (device.is_open() && ::isatty(device.get()) == 1) refuse_terminal(name);
}

void check_folder_of(const std::string& path, const std::string& name) {
  const std::string target = end_of_links(path);
  const std::string folder = folder_of(target);
  if (place_at(folder) == Place::folder) return;
  const std::string missing = fmt::format("the folder {} does not exist", display_output_name(folder));
  const bool is_link = ::access(path.c_str(), F_OK) != 0 && target != path;
  throw Error(is_link ? fmt::format("{}: is a link to {}, and {}", name, display_output_name(target), missing)
                      : fmt::format("{}: {}", name, missing),
              "make it first: mkdir -p " + shell_word(folder));
}

}  // namespace

OutputFile::OutputFile(const std::string& path, bool replace, const Streams& streams)
    : name_(display_output_name(path)), standard_output_(streams.out) {
  if (path == kStandardStream) return;
  check_output(path, replace);
  file_.emplace(path, name_, replace);
}

void OutputFile::write(std::span<const std::byte> bytes) { write_all(fd(), bytes, name_); }

void OutputFile::commit() {
  if (file_) {
    file_->commit();
  } else if (const int copy = ::dup(standard_output_); copy >= 0) {
    // Standard output stays open; closing a copy makes the file system tell what it has to tell.
    close_checked(copy, name_);
  }
}

void check_output(const std::string& path, bool replace) {
  if (path == kStandardStream) return;
  const std::string name = display_output_name(path);
  switch (place_at(path)) {
    case Place::special:
      check_special(path, name);
      return;
    case Place::folder:
      throw Error(name + ": is a folder, not a file");
    case Place::file:
      if (!replace) refuse_existing(name);
      return;
    case Place::free:
      check_folder_of(path, name);
  }
}

}  // namespace ictus::cli
