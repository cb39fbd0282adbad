// Folders of sound: which files they hold, and a whole file in memory.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ictus::audio {

/// Every sound file below `folder` by its suffix, hidden ones left out, in the order of their paths: the same
/// everywhere. Throws ictus::Error with `remedy` when there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> sound_files(const std::string& folder,
                                                             const std::string& remedy);

/// A whole file as mono at `sample_rate_hz`. Throws ictus::Error as Source does.
[[nodiscard]] std::vector<std::int16_t> read_whole(const std::string& path, int sample_rate_hz);

}  // namespace ictus::audio
