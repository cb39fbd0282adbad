#include "lib/core/temporary_path.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstring>

#include "lib/core/error.hpp"

namespace ictus {

/// A path that a signal handler can read at any time: fixed memory that is never given back.
struct TemporarySlot {
  std::atomic<bool> taken{false};
  std::atomic<bool> armed{false};
  std::array<char, PATH_MAX> path{};
};

namespace {

// More than there are files open at the same time: --threads takes at most 1024.
constexpr std::size_t kMaxSlots = 1024;
std::array<std::atomic<TemporarySlot*>, kMaxSlots> slots;

TemporarySlot* take_slot() {
  for (std::atomic<TemporarySlot*>& entry : slots) {
    if (entry.load() == nullptr) {
      auto* const fresh = new TemporarySlot;
      TemporarySlot* none = nullptr;
      if (!entry.compare_exchange_strong(none, fresh)) delete fresh;
    }
    if (!entry.load()->taken.exchange(true)) return entry.load();
  }
  throw Error("too many files are open at the same time", "use fewer --threads");
}

}  // namespace

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

/// Only calls what may be called in a signal handler.
void remove_temporary_paths() {
  for (const std::atomic<TemporarySlot*>& entry : slots) {
    const TemporarySlot* const slot = entry.load();
    if (slot != nullptr && slot->armed.load()) ::unlink(slot->path.data());
  }
  for (const std::atomic<TemporarySlot*>& entry : slots) {  // folders, which have to be empty first
    const TemporarySlot* const slot = entry.load();
    if (slot != nullptr && slot->armed.load()) ::rmdir(slot->path.data());
  }
}

}  // namespace ictus
