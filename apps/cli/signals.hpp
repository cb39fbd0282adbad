// Ending on a signal without leaving half an output behind.
#pragma once

namespace ictus::cli {

/// From now on SIGINT, SIGTERM, SIGHUP and SIGPIPE remove the temporary files and then end the process
/// as they always do, so that the caller sees which signal it was. A signal that the caller has set to be
/// ignored stays ignored.
void remove_temporary_files_on_signals();

/// For work that ends by itself when asked to: the first SIGINT or SIGTERM is noted, a second one ends
/// the process.
void note_stop_signals();
/// The signal that was noted, or 0.
int noted_signal();
/// Ends the process by the signal, as if it had never been caught.
[[noreturn]] void end_by_signal(int signal_number);

}  // namespace ictus::cli
