#include "lib/plot/text.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace ictus::plot;

TEST_CASE("without_middle: beginning and end stay") {
  CHECK(without_middle("abcdefghij", 10) == "abcdefghij");
  CHECK(without_middle("abcdefghij", 5) == "ab…ij");
  CHECK(without_middle("abcdefghij", 4) == "ab…j");
  CHECK(without_middle("äöüßéèêà", 3) == "ä…à");
  CHECK(without_middle("abc", 1) == "…");
  CHECK(without_middle("abc", 0) == "");
  CHECK(length_of("ä…à") == 3);
}
