// A file that is there in whole or not at all.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "lib/core/fd.hpp"
#include "lib/core/temporary_path.hpp"

namespace ictus {

/// It is written under another name beside its place and gets its own name in commit(); without it nothing is
/// left. A symbolic link stays, and the file is where it leads. What is no ordinary file, such as a device or
/// a pipe, is written directly.
class NewFile {
 public:
  /// `name` is for messages. Without `replace` commit() refuses a file that is there by then. Throws
  /// ictus::Error.
  NewFile(const std::string& path, std::string name, bool replace);
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile();

  [[nodiscard]] int fd() const { return file_.get(); }
  void write(std::span<const std::byte> bytes) { write_all(file_.get(), bytes, name_); }
  /// Closes it and gives it its name. Throws ictus::Error when the last bytes cannot be written.
  void commit();

 private:
  void open_beside();
  void give_name();

  std::string name_;
  bool replace_;
  std::string target_;  ///< where it goes in the end
  UniqueFd file_;
  std::string temporary_;  ///< where it is until then; empty when written in place
  std::optional<TemporaryPath> on_signal_;
};

/// Closes the descriptor; that is the last chance of a file system to say that bytes did not arrive.
void close_checked(int fd, const std::string& name);

/// Throws ictus::Error for an output that exists and is not to be replaced.
[[noreturn]] void refuse_existing(const std::string& name);

}  // namespace ictus
