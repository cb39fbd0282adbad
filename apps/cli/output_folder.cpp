#include "apps/cli/output_folder.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <span>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/error.hpp"
#include "lib/core/path.hpp"

namespace ictus::cli {
namespace {

namespace fs = std::filesystem;

std::string file_in(const std::string& folder, const std::string& name) {
  return (fs::path(folder) / name).string();
}

bool is_folder(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure);
}

}  // namespace

OutputFolder::OutputFolder(const std::string& path, const std::vector<std::string>& names, bool replace,
                           const Streams& streams)
    : path_(end_of_links(path)) {
  check_output_folder(path, names, replace);
  if (!is_folder(path)) {
    on_signal_.emplace(path_);  // first, so that there is no moment in which a signal could leave it
    if (::mkdir(path_.c_str(), 0777) != 0)
      throw Error(
          fmt::format("{}: the folder cannot be made ({})", display_output_name(path), reason(errno)));
    made_ = true;
  }
  try {
    for (const std::string& name : names)
      files_.emplace_back(name, std::make_unique<OutputFile>(file_in(path, name), replace, streams));
  } catch (...) {
    files_.clear();
    if (made_) ::rmdir(path_.c_str());
    throw;
  }
}

OutputFolder::~OutputFolder() {
  files_.clear();
  if (made_) ::rmdir(path_.c_str());
}

void OutputFolder::write(const std::string& name, std::string_view content) {
  for (const auto& [known, file] : files_)
    if (known == name) file->write(std::as_bytes(std::span(content)));
}

void OutputFolder::commit() {
  for (const auto& [name, file] : files_) file->commit();
  made_ = false;
  on_signal_.reset();
}

void check_output_folder(const std::string& path, const std::vector<std::string>& names, bool replace) {
  std::error_code failure;
  if (is_folder(path)) {
    for (const std::string& name : names) check_output(file_in(path, name), replace);
    return;
  }
  const std::string name = display_output_name(path);
  if (fs::exists(path, failure)) throw Error(name + ": is a file, not a folder");
  const std::string parent = folder_of(without_last_slashes(end_of_links(path)));
  if (is_folder(parent)) return;
  throw Error(fmt::format("{}: the folder {} does not exist", name, display_output_name(parent)),
              "make it first: mkdir -p " + shell_word(parent));
}

}  // namespace ictus::cli
