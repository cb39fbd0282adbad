// A folder of a few files that are there all or not at all.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/cli/output_file.hpp"
#include "apps/cli/streams.hpp"
#include "lib/core/temporary_path.hpp"

namespace ictus::cli {

/// Files are written under other names and get their own in commit(); without it neither they nor a folder
/// that was made for them are left. Other files that lie in the folder stay as they are.
class OutputFolder {
 public:
  /// Makes the folder where there is none. Throws ictus::Error as check_output_folder() does.
  OutputFolder(const std::string& path, const std::vector<std::string>& names, bool replace,
               const Streams& streams);
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;
  ~OutputFolder();

  /// The whole content of the file `name`, which is one of the names.
  void write(const std::string& name, std::string_view content);
  void commit();

 private:
  std::string path_;   ///< links followed
  bool made_ = false;  ///< by us, and to be removed unless there is a commit
  std::optional<TemporaryPath> on_signal_;
  std::vector<std::pair<std::string, std::unique_ptr<OutputFile>>> files_;
};

/// Throws ictus::Error when files with these names could not be made in the folder `path`: it is a file, has
/// no parent, or holds one of them already and `replace` is not set. Leaves no trace.
void check_output_folder(const std::string& path, const std::vector<std::string>& names, bool replace);

}  // namespace ictus::cli
