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

NoteFolder read_notes(const std::string& folder, int sample_rate_hz, const std::vector<std::string>& families,
                      const std::function<bool()>& stop_requested, std::ostream& words) {
  NoteFolder found;
  for (const fs::path& path : audio::sound_files(folder, "name a folder of sound files")) {
    if (stop_requested()) break;
    const std::string name = path.lexically_relative(folder).string();  // of a link too, not of its target
    const auto label = label_in(name);
    if (!label) {
      found.unlabelled.push_back(name);
      continue;
    }
    if (!families.empty() && std::find(families.begin(), families.end(), label->family) == families.end())
      continue;
    try {
      found.notes.push_back(
          {name, *label, *source_in(name), audio::read_whole(path.string(), sample_rate_hz)});
    } catch (const Error& error) {
      words << fmt::format("left out: {}\n", printable(error.what()));
    }
  }
  return found;
}

bool held_out(const LabelledNote& note, const std::vector<std::string>& sources) {
  if (sources.empty()) return hash_of(note.name) / 256 % 40 == 0;
  return std::find(sources.begin(), sources.end(), note.source) != sources.end();
}

void require_sources(const std::string& folder, const std::vector<LabelledNote>& notes,
                     const std::vector<std::string>& sources) {
  for (const std::string& source : sources) {
    if (std::none_of(notes.begin(), notes.end(),
                     [&source](const LabelledNote& note) { return note.source == source; }))
      throw Error(fmt::format("{}: held_out_sources names '{}', of which there is no note", folder, source),
                  "name sources as the files' names do, FAMILY_SOURCE_NUMBER-PITCH-VELOCITY, or give "
                  "another folder");
  }
}

}  // namespace ictus::notes
