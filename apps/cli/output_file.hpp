// An output that is there in whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "apps/cli/descriptor.hpp"
#include "apps/cli/signals.hpp"
#include "apps/cli/streams.hpp"

namespace ictus::cli {

/// A file is written under another name beside its place and gets its own name in commit(); without it
/// nothing is left. Standard output, devices and pipes are written directly.
class OutputFile {
 public:
  /// `path` is "-" for standard output. Without `replace` a file that exists is refused. Throws ictus::Error.
  OutputFile(const std::string& path, bool replace, const Streams& streams);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  void write(std::span<const std::byte> bytes);
  /// Closes it and gives it its name. Throws ictus::Error when the last bytes cannot be written.
  void commit();

 private:
  void open_in_place(const std::string& path);
  void open_beside(const std::string& path);
  void give_name();

  std::string name_;  ///< for messages
  bool replace_;
  int fd_ = -1;
  UniqueFd file_;          ///< not for standard output
  std::string target_;     ///< where it goes in the end
  std::string temporary_;  ///< where it is until then; empty when written in place
  std::optional<TemporaryPath> on_signal_;
};

/// Throws ictus::Error when an OutputFile could not be made of this path; leaves no trace.
void check_output(const std::string& path, bool replace);

}  // namespace ictus::cli
