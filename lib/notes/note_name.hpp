// What a note is called: its pitch in words, and its label in the name of a file.
#pragma once

#include <optional>
#include <string>

#include "formats/token_pyramid.hpp"

namespace ictus::notes {

/// "A4" for 69, "C#-1" for 1; sharps only.
[[nodiscard]] std::string pitch_name(int pitch);

/// The MIDI number, 0 .. 127, that "A4", "c#3", "Bb2" or "69" means; nothing when it means none.
[[nodiscard]] std::optional<int> pitch_of(const std::string& word);

/// The label in a file's name, as NSynth names its files: FAMILY_SOURCE_INSTRUMENT-PITCH-VELOCITY, where the
/// instrument is one number, or two, after which that of a take may follow at the end:
/// "flute_acoustic_002-069-100.wav", "string_fluidr3_000-048-069-100-2.flac". A velocity of 0: not known.
/// SOURCE may be two words, the instrument behind a dot: "reed_fluidr3.alto-sax_000-065-060-100.flac".
/// Folders in front and the suffix do not matter. Nothing when the name says none.
[[nodiscard]] std::optional<formats::NoteLabel> label_in(const std::string& path);

/// Where the note comes from, a player, a library or a soundfont: SOURCE in such a name, without an
/// instrument; nothing when the name says no label.
[[nodiscard]] std::optional<std::string> source_in(const std::string& path);

/// Such a name, without a suffix: "flute_mars-1_000007-069-100". `source` must hold neither '_' nor '.'.
[[nodiscard]] std::string file_name(const formats::NoteLabel& label, const std::string& source,
                                    unsigned long long number);

}  // namespace ictus::notes
