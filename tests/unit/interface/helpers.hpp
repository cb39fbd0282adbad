// Streams of a few events, for tests of the interface.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "ictus/events.hpp"

namespace ictus::events {

/// The model in the tree, in place of an installed one.
inline Model model() { return Model(ICTUS_EVENT_MODEL); }

/// A folder that goes with it.
struct Scratch {
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "ictus-interface-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::filesystem::remove_all(path); }
  [[nodiscard]] std::string file(const char* name) const { return (path / name).string(); }

  std::filesystem::path path;
};

/// Tones a quarter of a second apart.
inline std::vector<Event> tones(int count) {
  std::vector<Event> events;
  for (int i = 0; i < count; ++i) {
    Event event{i * 11025, -20.0F, {}};
    event.vector[0] = 0.01F * static_cast<float>(i % 20);
    events.push_back(event);
  }
  return events;
}

constexpr std::int64_t kLength = 200000;

}  // namespace ictus::events
