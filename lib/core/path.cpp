#include "lib/core/path.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "lib/core/error.hpp"

namespace ictus {
namespace {

namespace fs = std::filesystem;

/// As many links as the system follows.
constexpr int kMostLinks = 40;

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// Where links end: at a place in the file system, or at a descriptor of a process.
struct End {
  fs::path path;
  bool is_descriptor = false;
  std::optional<int> own_descriptor;
};

/// The process whose descriptors the folder lists: /proc/PROCESS/fd or /proc/PROCESS/task/THREAD/fd.
std::optional<std::string> process_of(const fs::path& folder) {
  const std::string text = folder.string();
  constexpr std::string_view kBegin = "/proc/";
  constexpr std::string_view kEnd = "/fd";
  if (!text.starts_with(kBegin) || !text.ends_with(kEnd)) return std::nullopt;
  const std::string process = text.substr(kBegin.size(), text.find('/', kBegin.size()) - kBegin.size());
  return is_number(process) ? std::optional(process) : std::nullopt;
}

std::optional<int> descriptor_number(const std::string& digits) {
  int number = 0;
  const auto [stopped, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return failure == std::errc{} ? std::optional(number) : std::nullopt;
}

End end_of(const std::string& path) {
  End end{without_last_slashes(path), false, {}};
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code failure;
    const fs::path folder = fs::canonical(folder_of(end.path.string()), failure);
    if (failure) return end;
    const std::string name = end.path.filename().string();
    if (const auto process = process_of(folder); process && is_number(name)) {
      // By /proc's own account of who we are: it may count processes in another way than getpid().
      const bool is_own = fs::read_symlink("/proc/self", failure) == *process;
      end.is_descriptor = true;
      if (is_own) end.own_descriptor = descriptor_number(name);
      return end;
    }
    const fs::path target = fs::read_symlink(end.path, failure);
    if (failure) return end;
    end.path = end.path.parent_path() / target;
  }
  return end;
}

}  // namespace

std::string without_last_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Place place_at(const std::string& path) {
  if (stands_for_descriptor(path)) return Place::special;
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return Place::free;
    throw Error(path + ": cannot be reached (" + reason(errno) + ")");
  }
  if (S_ISREG(status.st_mode)) return Place::file;
  return S_ISDIR(status.st_mode) ? Place::folder : Place::special;
}

std::string end_of_links(const std::string& path) { return end_of(path).path.string(); }

std::optional<int> descriptor_named(const std::string& path) { return end_of(path).own_descriptor; }

bool stands_for_descriptor(const std::string& path) { return end_of(path).is_descriptor; }

bool has_suffix(std::string_view path, std::string_view suffix) {
  return path.size() >= suffix.size() &&
         std::equal(suffix.begin(), suffix.end(), path.end() - static_cast<std::ptrdiff_t>(suffix.size()),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

UniqueFd open_path(const std::string& path, int flags) {
  constexpr mode_t kUsualPermissions = 0666;
  const auto descriptor = descriptor_named(path);
  return UniqueFd(descriptor ? ::fcntl(*descriptor, F_DUPFD_CLOEXEC, 0)
                             : ::open(path.c_str(), flags | O_CLOEXEC, kUsualPermissions));
}

UniqueFd open_for_reading(const std::string& path, const std::string& name) {
  UniqueFd file = open_path(path, O_RDONLY);
  if (!file.is_open()) throw Error(name + ": cannot be opened (" + reason(errno) + ")");
  struct stat status {};
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode))
    throw Error(name + ": is a folder, not a file");
  return file;
}

}  // namespace ictus
