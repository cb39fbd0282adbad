// What is to be removed when the process ends before its time.
#pragma once

#include <string>

namespace ictus {

/// Says that `path`, a file or a folder that is empty by then, is to be removed when a signal ends the
/// process, for as long as this lives.
class TemporaryPath {
 public:
  explicit TemporaryPath(const std::string& path);
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;
  ~TemporaryPath();

 private:
  struct TemporarySlot* slot_;
};

/// Removes what every TemporaryPath names. May be called by a signal handler.
void remove_temporary_paths();

}  // namespace ictus
