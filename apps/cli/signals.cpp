#include "apps/cli/signals.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "lib/core/error.hpp"

namespace ictus::cli {

/// A path that a signal handler can read at any time: fixed memory that is never given back.
struct Slot {
  std::atomic<bool> taken{false};
  std::atomic<bool> armed{false};
  std::array<char, PATH_MAX> path{};
};

namespace {

// More than there are files open at the same time: --threads takes at most 1024.
constexpr std::size_t kMaxSlots = 1024;
std::array<std::atomic<Slot*>, kMaxSlots> slots;

std::atomic<int> stop_signal{0};

void restore_and_raise(int signal_number) {
  ::signal(signal_number, SIG_DFL);
  ::raise(signal_number);
}

/// Only calls what may be called in a signal handler.
void remove_and_end(int signal_number) {
  for (const std::atomic<Slot*>& entry : slots) {
    const Slot* const slot = entry.load();
    if (slot != nullptr && slot->armed.load()) ::unlink(slot->path.data());
  }
  for (const std::atomic<Slot*>& entry : slots) {  // folders, which have to be empty first
    const Slot* const slot = entry.load();
    if (slot != nullptr && slot->armed.load()) ::rmdir(slot->path.data());
  }
  restore_and_raise(signal_number);
}

void note_signal(int signal_number) {
  int none = 0;
  if (!stop_signal.compare_exchange_strong(none, signal_number)) restore_and_raise(signal_number);
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

Slot* take_slot() {
  for (std::atomic<Slot*>& entry : slots) {
    if (entry.load() == nullptr) {
      auto* const fresh = new Slot;
      Slot* none = nullptr;
      if (!entry.compare_exchange_strong(none, fresh)) delete fresh;
    }
    if (!entry.load()->taken.exchange(true)) return entry.load();
  }
  throw Error("too many files are open at the same time", "use fewer --threads");
}

}  // namespace

void remove_temporary_files_on_signals() {
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) handle(signal_number, remove_and_end);
}

TemporaryPath::TemporaryPath(const std::string& path) : slot_(take_slot()) {
  if (path.size() >= slot_->path.size()) {
    slot_->taken = false;
    throw Error("the path '" + path + "' is too long");
  }
  std::memcpy(slot_->path.data(), path.c_str(), path.size() + 1);
  slot_->armed = true;
}

TemporaryPath::~TemporaryPath() {
  slot_->armed = false;
  slot_->taken = false;
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
