// A folder of notes whose names say what they are, in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "formats/token_pyramid.hpp"

namespace ictus::notes {

struct LabelledNote {
  std::string name;  ///< of the file, within the folder
  formats::NoteLabel label;
  std::string source;                 ///< a player, a library or a soundfont, as the name says
  std::vector<std::int16_t> samples;  ///< mono
};

struct NoteFolder {
  std::vector<LabelledNote> notes;      ///< in the order of their paths
  std::vector<std::string> unlabelled;  ///< files whose names say nothing
};

/// Reads every sound file below `folder` as mono at `sample_rate_hz`; of labelled notes
/// only those of `families`, where it names any. Stops early when `stop_requested` says so. Files that cannot
/// be read are named on `words` and left out. Throws ictus::Error when there is no such folder.
NoteFolder read_notes(const std::string& folder, int sample_rate_hz, const std::vector<std::string>& families,
                      const std::function<bool()>& stop_requested, std::ostream& words);

/// Whether validation keeps a note from training: all notes of these sources. Another take of the same
/// instrument is not unseen, so where none is named, one note in forty, chosen by a hash of its name, says
/// how well the notes are learned, but not how other sources are told.
[[nodiscard]] bool held_out(const LabelledNote& note, const std::vector<std::string>& sources);

/// Throws ictus::Error that names the first of `sources` of which `notes` has none.
void require_sources(const std::string& folder, const std::vector<LabelledNote>& notes,
                     const std::vector<std::string>& sources);

}  // namespace ictus::notes
