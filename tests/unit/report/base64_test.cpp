#include "lib/report/base64.hpp"

#include <doctest/doctest.h>

#include <string>

using ictus::report::base64;

TEST_CASE("base64: the vectors of RFC 4648, section 10") {
  const char* const coded[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (std::size_t i = 0; i <= 6; ++i) CHECK(base64(std::string("foobar", i)) == coded[i]);
}

TEST_CASE("base64: bytes above 127, zero bytes and the last two letters") {
  CHECK(base64(std::string("\xfb\xff\xfe", 3)) == "+//+");
  CHECK(base64(std::string("\0\0\0\0", 4)) == "AAAAAA==");
}
