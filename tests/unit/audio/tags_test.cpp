#include "lib/audio/tags.hpp"

#include <doctest/doctest.h>

#include "tests/unit/audio/support.hpp"

namespace ictus::audio {
namespace {

using namespace test;  // NOLINT: the words in which bytes are written here

TEST_CASE("text that is not UTF-8 is taken as Latin-1") {
  CHECK(to_utf8("Dvořák") == "Dvořák");
  CHECK(to_utf8("") == "");
  CHECK(to_utf8("Saint-Sa\xEBns") == "Saint-Saëns");
  CHECK(to_utf8("\xC0\x80") == "À\u0080");            // overlong: not UTF-8
  CHECK(to_utf8("\xED\xA0\x80") == "í\u00A0\u0080");  // a surrogate: not UTF-8
  CHECK(to_utf8("\xF0\x9F\x8E\xB5") == "\U0001F3B5");
}

TEST_CASE("an INFO list is made of even entries, each ended by a zero") {
  const auto chunk = make_info_chunk({{"Title", "abc"}, {"artist", "de"}, {"mood", "blue"}, {"genre", ""}});
  CHECK(chunk == text("LIST") + u32(28) + text("INFO") + text("INAM") + u32(4) +
                     text(std::string("abc\0", 4)) + text("IART") + u32(3) + text(std::string("de\0\0", 4)));
  CHECK(make_info_chunk({{"mood", "blue"}}).empty());
}

TEST_CASE("several values of one name become one entry of an INFO list") {
  const auto chunk = make_info_chunk({{"ARTIST", "a"}, {"artist", "b"}, {"software", "x"}, {"encoder", "y"}});
  CHECK(parse_info_tags(std::span(chunk).subspan(12)) == Tags{{"artist", "a; b"}, {"software", "x; y"}});
}

TEST_CASE("what an INFO list has no name for is told") {
  CHECK(tags_left_out({{"Title", "a"}, {"ISRC", "b"}, {"isrc", "c"}, {"Mood", "d"}, {"empty", ""}}) ==
        std::vector<std::string>{"isrc", "mood"});
}

TEST_CASE("every name of an INFO list goes there and back") {
  for (const char* name : {"title",      "artist",           "album",     "tracknumber",      "date",
                           "genre",      "comment",          "copyright", "composer",         "lyricist",
                           "software",   "encodedby",        "engineer",  "language",         "bpm",
                           "subject",    "keywords",         "media",     "commissioned",     "source",
                           "sourceform", "archivallocation", "cropped",   "digitizationdate", "rating"}) {
    CAPTURE(name);
    const auto chunk = make_info_chunk({{name, "x"}});
    REQUIRE(chunk.size() > 12);
    CHECK(parse_info_tags(std::span(chunk).subspan(12)) == Tags{{name, "x"}});
  }
}

TEST_CASE("an INFO list is read back, unknown entries under their own letters, damaged ones not") {
  const auto info = text("INAM") + u32(4) + text(std::string("abc\0", 4)) + text("IXXX") + u32(2) +
                    text("zz") + text("IART") + u32(1) + text(std::string("d\0", 2)) + text("ICMT") +
                    u32(100) + text("cut");
  CHECK(parse_info_tags(info) == Tags{{"title", "abc"}, {"ixxx", "zz"}, {"artist", "d"}});
}

TEST_CASE("names and values of tags are made fit") {
  Tags tags;
  add_tag(tags, "A=B\n", "x");
  add_tag(tags, "Name", "");
  add_tag(tags, "", "x");
  add_tag(tags, "Two", std::string_view("a\0b\0", 4));
  CHECK(tags == Tags{{"a_b_", "x"}, {"two", "a b"}});
  add_missing(tags, {{"TWO", "c"}, {"three", "d"}, {"three", "e"}});
  CHECK(tags == Tags{{"a_b_", "x"}, {"two", "a b"}, {"three", "d"}, {"three", "e"}});
}

}  // namespace
}  // namespace ictus::audio
