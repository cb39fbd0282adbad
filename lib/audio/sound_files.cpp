#include "lib/audio/sound_files.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "lib/audio/audio.hpp"
#include "lib/core/error.hpp"

namespace ictus::audio {

namespace fs = std::filesystem;

std::vector<fs::path> sound_files(const std::string& folder, const std::string& remedy) {
  static const std::set<std::string> kSuffixes = {".wav",  ".rf64", ".bw64", ".w64",  ".aif",
                                                  ".aiff", ".aifc", ".au",   ".snd",  ".caf",
                                                  ".flac", ".ogg",  ".oga",  ".opus", ".mp3"};
  std::error_code error;
  if (!fs::is_directory(folder, error)) throw Error(folder + ": no such folder", remedy);
  std::vector<fs::path> paths;
  for (auto at = fs::recursive_directory_iterator(folder); at != fs::recursive_directory_iterator(); ++at) {
    const fs::directory_entry& entry = *at;
    if (entry.path().filename().string().front() == '.') {  // hidden: not meant to be heard
      if (entry.is_directory()) at.disable_recursion_pending();
      continue;
    }
    std::string suffix = entry.path().extension().string();
    std::transform(suffix.begin(), suffix.end(), suffix.begin(),
                   [](unsigned char c) { return std::tolower(c); });
    if (entry.is_regular_file() && kSuffixes.count(suffix) != 0) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<std::int16_t> read_whole(const std::string& path, int sample_rate_hz) {
  const auto source = Source::open(path, sample_rate_hz);
  std::vector<std::int16_t> samples;
  std::vector<float> block(65536);
  while (const std::size_t count = source->read(block))
    for (std::size_t i = 0; i < count; ++i)
      samples.push_back(static_cast<std::int16_t>(std::lround(std::clamp(block[i], -1.0F, 1.0F) * 32767.0F)));
  return samples;
}

}  // namespace ictus::audio
