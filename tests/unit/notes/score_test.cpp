#include "lib/notes/score.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <string>

#include "lib/notes/midi_file.hpp"
#include "tests/unit/message_of.hpp"

namespace ictus::notes {
namespace {

std::string big(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}
std::string track(const std::string& events) { return "MTrk" + big(events.size(), 4) + events; }
std::string file(int format, std::size_t division, const std::vector<std::string>& tracks) {
  std::string text = "MThd" + big(6, 4) + big(static_cast<std::size_t>(format), 2) + big(tracks.size(), 2) +
                     big(division, 2);
  for (const std::string& events : tracks) text += track(events);
  return text;
}
Score read(const std::string& bytes) { return read_score(std::as_bytes(std::span(bytes))); }

/// A string of bytes that may hold zeros.
template <std::size_t N>
std::string bytes(const char (&text)[N]) {
  return std::string(text, N - 1);
}

std::string mistake(const std::string& bytes) {
  return tests::message_of([&] { return read(bytes); });
}

const std::string kEnd = bytes("\x00\xFF\x2F\x00");

/// A track of these events alone.
template <std::size_t N>
Score read_track(std::size_t division, const char (&events)[N]) {
  return read(file(0, division, {bytes(events) + kEnd}));
}

void check_durations(const Score& score, const std::vector<double>& durations_s) {
  REQUIRE(score.notes.size() == durations_s.size());
  for (std::size_t i = 0; i < durations_s.size(); ++i)
    CHECK(score.notes[i].duration_s == doctest::Approx(durations_s[i]));
}

TEST_CASE("what is written as a MIDI file reads as the same notes") {
  const std::vector<MidiNote> notes = {{0.25, 0.5, 60, 100}, {0.25, 1.0, 64, 80}, {3.0, 0.125, 127, 1}};
  const Score score = read(midi_file(notes, "a title"));
  CHECK(score.title == "a title");
  REQUIRE(score.notes.size() == notes.size());
  for (std::size_t i = 0; i < notes.size(); ++i) {
    CHECK(score.notes[i].onset_s == doctest::Approx(notes[i].onset_s));
    CHECK(score.notes[i].duration_s == doctest::Approx(notes[i].duration_s));
    CHECK(score.notes[i].key == notes[i].pitch);
    CHECK(score.notes[i].velocity == notes[i].velocity);
    CHECK(score.notes[i].level_db == 0.0);
  }
}

TEST_CASE("tempo of one track counts for all, from where it stands on") {
  // 96 ticks a quarter: a quarter at 0.5 s, then at 0.25 s.
  const std::string tempo = bytes("\x60\xFF\x51\x03\x03\xD0\x90") + kEnd;
  const std::string notes = bytes("\x60\x90\x3C\x40\x60\x80\x3C\x40\x00\x91\x3E\x40\x60\x81\x3E\x00") + kEnd;
  const Score score = read(file(1, 96, {tempo, notes}));
  REQUIRE(score.notes.size() == 2);
  CHECK(score.notes[0].onset_s == doctest::Approx(0.5));
  CHECK(score.notes[0].duration_s == doctest::Approx(0.25));
  CHECK(score.notes[1].onset_s == doctest::Approx(0.75));
  CHECK(score.notes[1].channel == 1);
  CHECK(score.length_s == doctest::Approx(1.0));
  // 25 frames a second of 40 ticks: a tick is a millisecond, whatever the tempo.
  const Score timed = read(file(1, 0xE728, {tempo, notes}));
  CHECK(timed.notes[0].onset_s == doctest::Approx(0.096));
}

TEST_CASE("running status, notes of velocity 0, and a key that is pressed again") {
  const Score score = read_track(1000, "\x00\x90\x3C\x40\x64\x3C\x50\x64\x3C\x00\x64\x3E\x40");
  check_durations(score, {0.05, 0.05, 0.0});  // the last is never let go: it ends with the file
  CHECK(score.notes[1].velocity == 0x50);
  CHECK(score.notes[2].key == 0x3E);
}

TEST_CASE("the pedal holds what is let go, until it is lifted") {
  const Score score = read_track(1000,
                                 "\x00\xB0\x40\x7F\x00\x90\x3C\x40\x64\x80\x3C\x00\x64\xB0\x40\x00"
                                 "\x00\x90\x3E\x40\x64\x80\x3E\x00");
  check_durations(score, {0.1, 0.05});
}

TEST_CASE("programs, volume, expression and position belong to their channel") {
  const Score score = read_track(500,
                                 "\x00\xC2\x28\x00\xB2\x07\x32\x00\xB2\x0B\x40\x00\xB2\x0A\x00"
                                 "\x00\x92\x3C\x40\x00\x93\x3C\x40\x64\x82\x3C\x00");
  REQUIRE(score.notes.size() == 2);
  CHECK(score.notes[0].program == 40);
  CHECK(score.notes[0].level_db == doctest::Approx(40.0 * std::log10(50.0 / 100.0 * 64.0 / 127.0)));
  CHECK(score.notes[0].position == -1.0);
  CHECK(score.notes[0].is_placed);
  CHECK(score.notes[1].program == 0);
  CHECK(score.notes[1].level_db == 0.0);
  CHECK_FALSE(score.notes[1].is_placed);
}

TEST_CASE("the wheel bends what sounds, as far as its range says") {
  // A range of 12 semitones; up by half of it before the note, then back to the middle while it sounds.
  const Score score = read_track(500,
                                 "\x00\xB0\x65\x00\x00\xB0\x64\x00\x00\xB0\x06\x0C\x00\xE0\x00\x60"
                                 "\x00\x90\x3C\x40\x64\xE0\x00\x40\x64\x80\x3C\x00");
  REQUIRE(score.notes.size() == 1);
  CHECK(score.notes[0].begin_semitones == doctest::Approx(6.0));
  CHECK(score.notes[0].end_semitones == doctest::Approx(0.0));
  CHECK(score.notes[0].bend_s == doctest::Approx(0.1));
}

TEST_CASE("what is none of it is passed over") {
  const std::string alien = "XFIH" + big(3, 4) + "abc";
  std::string whole = file(0, 500,
                           {bytes("\x00\xF0\x02\x41\xF7\x00\xFF\x01\x02hi\x00\xA0\x3C\x40\x00\xD0\x40"
                                  "\x00\x90\x3C\x40\x64\x80\x3C\x00") +
                            kEnd});
  whole.insert(14, alien);
  CHECK(read(whole).notes.size() == 1);
}

TEST_CASE("what is wrong is said, and where") {
  const std::string good = file(0, 500, {bytes("\x00\x90\x3C\x40\x64\x80\x3C\x00") + kEnd});
  CHECK(mistake("") == "is no MIDI file");
  CHECK(mistake("RIFF....") == "is no MIDI file");
  for (std::size_t length = 4; length < good.size(); ++length) {
    const std::string said = mistake(good.substr(0, length));
    CHECK(said.find("is cut short at byte") != std::string::npos);
  }
  CHECK(mistake(good) == "");
  CHECK(mistake(file(2, 500, {kEnd})) == "is a MIDI file of format 2");
  CHECK(mistake(file(0, 0, {kEnd})) == "says of no tick how long it takes");
  CHECK(mistake(file(0, 500, {bytes("\x00\x3C\x40")})) == "has data without a status at byte 23");
  CHECK(mistake(file(0, 500, {bytes("\x00\x90\x3C\x90")})).find("where data belongs") != std::string::npos);
  CHECK(mistake(file(0, 500, {bytes("\x00\xF4")})).find("which is none of a file's") != std::string::npos);
  CHECK(mistake(file(0, 500, {bytes("\xFF\xFF\xFF\xFF\x00")})).find("more than four bytes") !=
        std::string::npos);
}

}  // namespace
}  // namespace ictus::notes
