#include "lib/notes/midi_file.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lib/core/error.hpp"

using namespace ictus;
using notes::midi_file;

namespace {

/// "4D 54" -> the bytes 0x4D 0x54.
std::string bytes(const std::string& hexadecimal) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hexadecimal.size(); i += 3)
    out.push_back(static_cast<char>(std::stoi(hexadecimal.substr(i, 2), nullptr, 16)));
  return out;
}

/// What comes before the notes of a track without a name, and after them.
const std::string kBefore = "00 FF 03 00 00 FF 51 03 07 A1 20 ";
const std::string kAfter = "00 FF 2F 00";

/// All of a file whose notes are `messages`, written by hand; `size` is that of the track, in hexadecimal.
std::string file(const std::string& size, const std::string& messages) {
  return bytes("4D 54 68 64 00 00 00 06 00 00 00 01 01 F4 4D 54 72 6B " + size + " " + kBefore + messages +
               kAfter);
}

std::string name_of(const std::string& title) {
  const std::string all = midi_file({}, title);
  REQUIRE(all.substr(22, 3) == bytes("00 FF 03"));
  const auto first = static_cast<unsigned char>(all[25]);
  if (first < 0x80) return all.substr(26, first);
  return all.substr(27, (first & 0x7FU) << 7 | static_cast<unsigned char>(all[26]));
}

}  // namespace

TEST_CASE("a file without notes is a file") { CHECK(midi_file({}, "") == file("00 00 00 0F", "")); }

TEST_CASE("a file with one note, byte by byte") {
  const std::string expected = bytes(
      "4D 54 68 64 00 00 00 06 00 00 00 01 01 F4 "  // format 0, 1 track, 500 ticks a quarter note
      "4D 54 72 6B 00 00 00 1D "
      "00 FF 03 04 73 6F 6E 67 "  // "song"
      "00 FF 51 03 07 A1 20 "     // 500,000 microseconds a quarter note
      "83 74 90 45 64 "           // after 500 ms A4 begins, at velocity 100
      "81 7A 80 45 40 "           // 250 ms later it ends
      "00 FF 2F 00");
  CHECK(midi_file({{0.5, 0.25, 69, 100}}, "song") == expected);
}

TEST_CASE("notes are sorted, and an end comes before a beginning at the same moment") {
  const std::vector<notes::MidiNote> some{
      {0.100, 0.050, 60, 90}, {0.0, 0.100, 64, 80}, {0.100, 0.010, 55, 70}};
  CHECK(midi_file(some, "") == file("00 00 00 27",
                                    "00 90 40 50 "
                                    "64 80 40 40 00 90 37 46 00 90 3C 5A "
                                    "0A 80 37 40 "
                                    "28 80 3C 40 "));
}

TEST_CASE("a note ends where the next of its pitch begins, at least a millisecond later") {
  const auto check = [](const std::vector<notes::MidiNote>& some, const char* size, const char* events) {
    CHECK(midi_file(some, "") == file(size, events));
  };
  // One that still sounds.
  check({{0.0, 9.0, 60, 90}, {0.010, 0.020, 60, 80}}, "00 00 00 1F",
        "00 90 3C 5A 0A 80 3C 40 00 90 3C 50 14 80 3C 40 ");
  // Another pitch goes on.
  check({{0.0, 0.030, 60, 90}, {0.010, 0.010, 61, 80}}, "00 00 00 1F",
        "00 90 3C 5A 0A 90 3D 50 0A 80 3D 40 0A 80 3C 40 ");
  // Two in the same millisecond are one.
  check({{0.0051, 0.010, 60, 80}, {0.0049, 0.003, 60, 90}}, "00 00 00 17", "05 90 3C 5A 0A 80 3C 40 ");
  // No time at all.
  check({{0.0, 0.0, 60, 90}, {0.001, 0.0001, 60, 80}}, "00 00 00 1F",
        "00 90 3C 5A 01 80 3C 40 00 90 3C 50 01 80 3C 40 ");
}

TEST_CASE("times are as long as they have to be, up to four bytes") {
  const auto begins = [](double onset_s) {
    const std::string all = midi_file({{onset_s, 0.001, 60, 90}}, "");
    return all.substr(33, all.size() - 33 - 3 - 4 - 4);
  };
  CHECK(begins(0.127) == bytes("7F"));
  CHECK(begins(0.128) == bytes("81 00"));
  CHECK(begins(16.383) == bytes("FF 7F"));
  CHECK(begins(16.384) == bytes("81 80 00"));
  CHECK(begins(2097.151) == bytes("FF FF 7F"));
  CHECK(begins(2097.152) == bytes("81 80 80 00"));
  CHECK(begins(268'435.455) == bytes("FF FF FF 7F"));
  CHECK_THROWS_WITH_AS(begins(268'435.456), doctest::Contains("268435.456 s in which no note begins or ends"),
                       Error);
  // Only silence and held notes are limited, not the whole.
  CHECK_NOTHROW(static_cast<void>(midi_file({{2e5, 1.0, 60, 90}, {4e5, 1.0, 60, 90}}, "")));
  CHECK_THROWS_AS(static_cast<void>(midi_file({{0.0, 3e5, 60, 90}}, "")), Error);
}

TEST_CASE("what no MIDI file can hold is refused") {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const notes::MidiNote& wrong : std::vector<notes::MidiNote>{{-0.001, 1.0, 60, 90},
                                                                   {0.0, -1.0, 60, 90},
                                                                   {kNaN, 1.0, 60, 90},
                                                                   {0.0, kNaN, 60, 90},
                                                                   {kInfinity, 1.0, 60, 90},
                                                                   {0.0, 1e300, 60, 90},
                                                                   {0.0, 1.0, -1, 90},
                                                                   {0.0, 1.0, 128, 90},
                                                                   {0.0, 1.0, 60, 0},
                                                                   {0.0, 1.0, 60, 128}}) {
    CAPTURE(wrong.onset_s);
    CAPTURE(wrong.duration_s);
    CAPTURE(wrong.pitch);
    CAPTURE(wrong.velocity);
    CHECK_THROWS_AS(static_cast<void>(midi_file({wrong}, "")), Error);
  }
}

TEST_CASE("the title is UTF-8 of at most 255 bytes") {
  const std::string u = "\xC3\xBC";             // U+00FC
  const std::string unknown = "\xEF\xBF\xBD";   // U+FFFD
  const std::string clef = "\xF0\x9D\x84\x9E";  // U+1D11E
  CHECK(name_of("") == "");
  CHECK(name_of("St" + u + "ck " + clef) == "St" + u + "ck " + clef);
  CHECK(name_of("a\nb\tc\x7F") == "a b c ");
  CHECK(name_of("St\xFC"
                "ck") == "St" + unknown + "ck");                                // Latin-1
  CHECK(name_of("a\xC3") == "a" + unknown);                                     // cut short
  CHECK(name_of("\xC0\x80") == unknown + unknown);                              // overlong
  CHECK(name_of("\xED\xA0\x80") == unknown + unknown + unknown);                // half of a surrogate pair
  CHECK(name_of("\xF4\x90\x80\x80") == unknown + unknown + unknown + unknown);  // beyond U+10FFFF
  CHECK(name_of(std::string(127, 'x')) == std::string(127, 'x'));
  CHECK(name_of(std::string(128, 'x')) == std::string(128, 'x'));
  CHECK(name_of(std::string(255, 'x')) == std::string(255, 'x'));
  CHECK(name_of(std::string(1000, 'x')) == std::string(255, 'x'));
  CHECK(name_of(std::string(254, 'x') + u) == std::string(254, 'x'));  // a character is not cut apart
  CHECK(name_of(std::string(253, 'x') + u) == std::string(253, 'x') + u);
}

TEST_CASE("velocities fall by 40 dB a decade") {
  CHECK(notes::velocity_of(0.0) == 127);
  CHECK(notes::velocity_of(6.0) == 127);
  CHECK(notes::velocity_of(-40.0 * std::log10(127.0 / 64.0)) == 64);
  CHECK(notes::velocity_of(-12.0) == 64);  // 63.65
  CHECK(notes::velocity_of(-20.0) == 40);  // 40.16
  CHECK(notes::velocity_of(-40.0) == 13);  // 12.7
  CHECK(notes::velocity_of(-80.0) == 1);   // 1.27
  CHECK(notes::velocity_of(-300.0) == 1);
  CHECK(notes::velocity_of(-std::numeric_limits<double>::infinity()) == 1);
  CHECK(notes::velocity_of(std::numeric_limits<double>::quiet_NaN()) == 1);
  for (int velocity = 1; velocity < 128; ++velocity)
    CHECK(notes::velocity_of(40.0 * std::log10(velocity / 127.0) + 1e-9) == velocity);
}
