#include "lib/notes/labelled_notes.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>

#include "lib/audio/sound_files.hpp"
#include "lib/core/error.hpp"
#include "lib/core/utf8.hpp"
#include "lib/notes/note_name.hpp"

namespace ictus::notes {
namespace {

namespace fs = std::filesystem;

/// Of the name without folders: a folder that is moved or split stays what it was.
std::uint64_t hash_of(const std::string& file_name) {
  const std::string name = fs::path(file_name).filename().string();
  return XXH3_64bits(name.data(), name.size());
}

}  // namespace

bool belongs(const std::string& file_name, Share share) {
  if (share == Share::all) return true;
  return (hash_of(file_name) / 64 % 4 == 0) == (share == Share::judges);
}

bool held_out(const std::string& file_name) { return hash_of(file_name) / 256 % 40 == 0; }

NoteFolder read_notes(const std::string& folder, int sample_rate_hz, Share share,
                      const std::vector<std::string>& families, const std::function<bool()>& stop_requested,
                      std::ostream& words) {
  NoteFolder found;
  for (const fs::path& path : audio::sound_files(folder, "name a folder of sound files")) {
    if (stop_requested()) break;
    const std::string name = path.lexically_relative(folder).string();  // of a link too, not of its target
    if (!belongs(name, share)) continue;
    const auto label = label_in(name);
    if (!label) {
      found.unlabelled.push_back(name);
      continue;
    }
    if (!families.empty() && std::find(families.begin(), families.end(), label->family) == families.end())
      continue;
    try {
      found.notes.push_back({name, *label, audio::read_whole(path.string(), sample_rate_hz)});
    } catch (const Error& error) {
      words << fmt::format("left out: {}\n", printable(error.what()));
    }
  }
  return found;
}

}  // namespace ictus::notes
