#include "lib/notes/note_name.hpp"

#include <doctest/doctest.h>

using namespace ictus;
using formats::NoteLabel;

TEST_CASE("names of pitches are those of MIDI numbers with middle C as C4") {
  CHECK(notes::pitch_name(69) == "A4");
  CHECK(notes::pitch_name(60) == "C4");
  CHECK(notes::pitch_name(46) == "A#2");
  CHECK(notes::pitch_name(0) == "C-1");
  CHECK(notes::pitch_name(1) == "C#-1");
  CHECK(notes::pitch_name(127) == "G9");
}

TEST_CASE("what a pitch can be called") {
  CHECK(notes::pitch_of("A4") == 69);
  CHECK(notes::pitch_of("a4") == 69);
  CHECK(notes::pitch_of("C4") == 60);
  CHECK(notes::pitch_of("c#3") == 49);
  CHECK(notes::pitch_of("Bb2") == 46);
  CHECK(notes::pitch_of("bb2") == 46);
  CHECK(notes::pitch_of("Cb4") == 59);  // the octave is that of the letter
  CHECK(notes::pitch_of("B#3") == 60);
  CHECK(notes::pitch_of("C-1") == 0);
  CHECK(notes::pitch_of("G9") == 127);
  CHECK(notes::pitch_of("0") == 0);
  CHECK(notes::pitch_of("127") == 127);
  for (int pitch = 0; pitch < 128; ++pitch) CHECK(notes::pitch_of(notes::pitch_name(pitch)) == pitch);
}

TEST_CASE("what is no pitch") {
  for (const char* const word : {"",
                                 "H4",
                                 "A",
                                 "A#",
                                 "4A",
                                 "A##4",
                                 "A4 ",
                                 " A4",
                                 "G#9",
                                 "Cb-1",
                                 "C-2",
                                 "C10",
                                 "C100",
                                 "128",
                                 "-1",
                                 "60.5",
                                 "99999999999999999999",
                                 "A4..B4",
                                 "any",
                                 "\xC3\x84"
                                 "4"}) {
    CAPTURE(word);
    CHECK_FALSE(notes::pitch_of(word));
  }
}

TEST_CASE("labels in names of files") {
  CHECK(notes::label_in("bass_electronic_018-022-100.wav") == NoteLabel{"bass", 22, 100});
  CHECK(notes::label_in("synth_lead_synthetic_001-060-075") == NoteLabel{"synth_lead", 60, 75});
  CHECK(notes::label_in("flute_fluidr3_000-073-069-100.flac") == NoteLabel{"flute", 69, 100});
  CHECK(notes::label_in("string_fluidr3_000-048-069-100-2.flac") == NoteLabel{"string", 69, 100});
  CHECK(notes::label_in("a_folder_1-2-3/mallet_own_007-127-000.wav") == NoteLabel{"mallet", 127, 0});
  CHECK(notes::label_in("flute_own_1-9-1.aif") == NoteLabel{"flute", 9, 1});
  CHECK(notes::label_in("reed_own.alto-sax_1-9-1.aif") == NoteLabel{"reed", 9, 1, "alto-sax"});
  CHECK(notes::label_in("synth_lead_own.lead.2_000-001-009-001-3") ==
        NoteLabel{"synth_lead", 9, 1, "lead.2"});
  CHECK(notes::label_in("flute_own._1-9-1.aif") == NoteLabel{"flute", 9, 1});
}

TEST_CASE("sources in names of files") {
  CHECK(notes::source_in("synth_lead_synthetic_001-060-075") == "synthetic");
  CHECK(notes::source_in("a_folder_1-2-3/mallet_iowa-marimba_007-127-000.wav") == "iowa-marimba");
  CHECK(notes::source_in("reed_own.alto-sax_1-9-1.aif") == "own");
  CHECK_FALSE(notes::source_in("flute_own_069-100.wav"));
}

TEST_CASE("names without a label") {
  for (const char* const name :
       {"", "song.wav", "flute.wav", "flute_001-069-100.wav", "flute_own_069-100.wav",
        "flute_own_001-128-100.wav", "flute_own_001-069-128.wav", "flute_own_1-2-3-4-5-6.wav",
        "flute_own_001-069-.wav", "flute_own_001-069-100x.wav", "flute_own_001-069-99999999999.wav",
        "flute_own_001--69-100.wav", "_own_001-069-100.wav", "flute_.alto_001-069-100.wav",
        "flute_own_001-069-100/song.wav"}) {
    CAPTURE(name);
    CHECK_FALSE(notes::label_in(name));
  }
}

TEST_CASE("a name that is made says its label") {
  CHECK(notes::file_name({"flute", 69, 100}, "mars-notes-1", 7) == "flute_mars-notes-1_000007-069-100");
  for (const unsigned long long instrument : {0ULL, 999'999ULL, 18'446'744'073'709'551'615ULL})
    for (const NoteLabel& label :
         {NoteLabel{"synth_lead", 0, 1}, NoteLabel{"a", 127, 127}, NoteLabel{"a", 127, 127, "b-c.d"}}) {
      const std::string name = notes::file_name(label, "mars-1", instrument);
      CHECK(notes::label_in(name + ".wav") == label);
      CHECK(notes::label_in("folder/" + name + ".mars") == label);
    }
}
