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
  std::vector<std::int16_t> samples;  ///< mono
};

/// Whom a folder's notes are for. Judges must not have heard what they judge against, so of every four notes
/// one, chosen by a hash of its name alone, is for judges and never for the generator.
enum class Share { generator, judges, all };

[[nodiscard]] bool belongs(const std::string& file_name, Share share);

/// Within a share, one note in forty is held out from training for validation.
[[nodiscard]] bool held_out(const std::string& file_name);

struct NoteFolder {
  std::vector<LabelledNote> notes;      ///< in the order of their paths
  std::vector<std::string> unlabelled;  ///< files whose names say nothing
};

/// Reads every sound file below `folder` that is in `share` as mono at `sample_rate_hz`; of labelled notes
/// only those of `families`, where it names any. Stops early when `stop_requested` says so. Files that cannot
/// be read are named on `words` and left out. Throws ictus::Error when there is no such folder.
NoteFolder read_notes(const std::string& folder, int sample_rate_hz, Share share,
                      const std::vector<std::string>& families, const std::function<bool()>& stop_requested,
                      std::ostream& words);

}  // namespace ictus::notes
