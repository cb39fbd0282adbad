#include "apps/cli/signals.hpp"

#include <signal.h>

#include <atomic>
#include <cstdlib>

#include "lib/core/temporary_path.hpp"

namespace ictus::cli {

namespace {

std::atomic<int> stop_signal{0};

void restore_and_raise(int signal_number) {
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
}

void remove_and_end(int signal_number) {
  remove_temporary_paths();
  restore_and_raise(signal_number);
}

void note_signal(int signal_number) {
  int none = 0;
  if (!stop_signal.compare_exchange_strong(none, signal_number)) remove_and_end(signal_number);
}

void handle(int signal_number, void (*handler)(int)) {
  struct sigaction current {};
  if (::sigaction(signal_number, nullptr, &current) != 0 || current.sa_handler == SIG_IGN) return;
  struct sigaction wanted {};
  wanted.sa_handler = handler;
  sigemptyset(&wanted.sa_mask);
  wanted.sa_flags = SA_RESTART | SA_NODEFER;
  ::sigaction(signal_number, &wanted, nullptr);
}

}  // namespace

void remove_temporary_files_on_signals() {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) handle(signal_number, remove_and_end);
}

void note_stop_signals() {
  for (const int signal_number : {SIGINT, SIGTERM}) handle(signal_number, note_signal);
}

int noted_signal() { return stop_signal.load(); }

void end_by_signal(int signal_number) {
  restore_and_raise(signal_number);
  std::_Exit(128 + signal_number);  // not reached unless the signal is blocked
}

}  // namespace ictus::cli
