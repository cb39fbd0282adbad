// Ending on a signal without leaving half an output behind.
#pragma once

#include <string>

namespace ictus::cli {

/// From now on SIGINT, SIGTERM, SIGHUP and SIGPIPE remove the temporary files and then end the process
/// as they always do, so that the caller sees which signal it was. A signal that the caller has set to be
/// ignored stays ignored.
void remove_temporary_files_on_signals();

/// Says that `path`, a file or a folder that is empty by then, is to be removed when a signal ends the
/// process, for as long as this lives.
class TemporaryPath {
 public:
  explicit TemporaryPath(const std::string& path);
  TemporaryPath(const TemporaryPath&) = delete;
  TemporaryPath& operator=(const TemporaryPath&) = delete;
  ~TemporaryPath();

 private:
  struct Slot* slot_;
};

/// For work that ends by itself when asked to: the first SIGINT or SIGTERM is noted, a second one ends
/// the process.
void note_stop_signals();
/// The signal that was noted, or 0.
int noted_signal();
/// Ends the process by the signal, as if it had never been caught.
[[noreturn]] void end_by_signal(int signal_number);

}  // namespace ictus::cli
