// What a command writes: standard output, or a file that is there in whole or not at all.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "apps/cli/streams.hpp"
#include "lib/core/new_file.hpp"

namespace ictus::cli {

/// A file is a NewFile; without commit() nothing of it is left. Standard output, devices and pipes are
/// written directly.
class OutputFile {
 public:
  /// `path` is "-" for standard output. Without `replace` a file that exists is refused. Throws ictus::Error.
  OutputFile(const std::string& path, bool replace, const Streams& streams);

  [[nodiscard]] int fd() const { return file_ ? file_->fd() : standard_output_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  void write(std::span<const std::byte> bytes);
  /// Closes it and gives it its name. Throws ictus::Error when the last bytes cannot be written.
  void commit();

 private:
  std::string name_;  ///< for messages
  int standard_output_;
  std::optional<NewFile> file_;  ///< not for standard output
};

/// Throws ictus::Error when an OutputFile could not be made of this path; leaves no trace.
void check_output(const std::string& path, bool replace);

}  // namespace ictus::cli
