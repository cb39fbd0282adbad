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

TEST_CASE("an INFO list is read back, unknown and damaged entries are left out") {
  const auto info = text("INAM") + u32(4) + text(std::string("abc\0", 4)) + text("IXXX") + u32(2) +
                    text("zz") + text("IART") + u32(1) + text(std::string("d\0", 2)) + text("ICMT") +
                    u32(100) + text("cut");
  CHECK(parse_info_tags(info) == Tags{{"title", "abc"}, {"artist", "d"}});
}

}  // namespace
}  // namespace ictus::audio
