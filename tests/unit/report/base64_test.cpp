#include "lib/report/base64.hpp"

#include <doctest/doctest.h>

#include <string>

using ictus::report::base64;

TEST_CASE("base64: the vectors of RFC 4648, section 10") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
}

TEST_CASE("base64: bytes above 127, zero bytes and the last two letters") {
  CHECK(base64(std::string("\xfb\xff\xfe", 3)) == "+//+");
  CHECK(base64(std::string("\0\0\0\0", 4)) == "AAAAAA==");
}
