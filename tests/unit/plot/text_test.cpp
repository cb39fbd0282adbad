#include "lib/plot/text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace ictus::plot;

TEST_CASE("printable: UTF-8 stays, what is none is replaced byte by byte") {
  CHECK(printable("Prélude à l’après-midi 前奏 🎹") == "Prélude à l’après-midi 前奏 🎹");
  CHECK(printable("a\xff z") == "a\ufffd z");
  CHECK(printable("caf\xe9") == "caf\ufffd");
  CHECK(printable("\xc3") == "\ufffd");
  CHECK(printable("\xc0\xaf") == "\ufffd\ufffd");                      // "/", longer than need be
  CHECK(printable("\xed\xa0\x80") == "\ufffd\ufffd\ufffd");            // a surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\ufffd\ufffd\ufffd\ufffd");  // beyond Unicode
  CHECK(printable("") == "");
}

TEST_CASE("printable: code points that are no characters, which cairo refuses, are replaced") {
  for (const char* const none : {"\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff"}) {
    CHECK(printable(std::string("a") + none + "b") == "a\ufffdb");
  }
  for (const char* const some : {"\ufdcf", "\ufdf0", "\ufffd", "\U0001fffd", "\U00020000", "\uf8ff"}) {
    CHECK(printable(some) == some);
  }
}

TEST_CASE("printable: control characters become spaces") {
  CHECK(printable(std::string_view("a\nb\tc\0d\x7f", 8)) == "a b c d ");
  CHECK(printable("a\u0085b") == "a b");
}

TEST_CASE("without_middle: beginning and end stay") {
  CHECK(without_middle("abcdefghij", 10) == "abcdefghij");
  CHECK(without_middle("abcdefghij", 5) == "ab…ij");
  CHECK(without_middle("abcdefghij", 4) == "ab…j");
  CHECK(without_middle("äöüßéèêà", 3) == "ä…à");
  CHECK(without_middle("abc", 1) == "…");
  CHECK(without_middle("abc", 0) == "");
  CHECK(length_of("ä…à") == 3);
}
