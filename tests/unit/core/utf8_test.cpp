#include "lib/core/utf8.hpp"

#include <doctest/doctest.h>

using namespace ictus;

TEST_CASE("valid_utf8: UTF-8 stays, what is none is replaced and nothing else is lost") {
  CHECK(valid_utf8("Prélude à l’après-midi 前奏 🎹\n\t\x01") == "Prélude à l’après-midi 前奏 🎹\n\t\x01");
  CHECK(valid_utf8("a\xff z") == "a\ufffd z");
  CHECK(valid_utf8("caf\xe9") == "caf\ufffd");
  CHECK(valid_utf8("caf\xe9 noir") == "caf\ufffd noir");
  CHECK(valid_utf8("\xc3") == "\ufffd");
  CHECK(valid_utf8("\xc3z") == "\ufffdz");
  CHECK(valid_utf8("\xc0\xafz") == "\ufffdz");          // "/", longer than need be
  CHECK(valid_utf8("\xed\xa0\x80z") == "\ufffdz");      // a surrogate
  CHECK(valid_utf8("\xf4\x90\x80\x80z") == "\ufffdz");  // beyond Unicode
  CHECK(valid_utf8("") == "");
}

TEST_CASE("valid_utf8: what is no character in Unicode, which cairo refuses, is replaced") {
  CHECK(valid_utf8("a\uffff\ufffe\U0001ffffz") == "a\ufffd\ufffd\ufffdz");
  CHECK(valid_utf8("\ufdd0\ufdef\ufdf0") == "\ufffd\ufffd\ufdf0");
}

TEST_CASE("printable: control characters become spaces") {
  CHECK(printable(std::string_view("a\nb\tc\0d\x7f", 8)) == "a b c d ");
  CHECK(printable("a\u0085b\xe9") == "a b\ufffd");
  CHECK(printable_lines(std::string_view("a\nb\tc\r\0d\x7f", 9)) == "a\nb\tc\r d ");
}

TEST_CASE("is_utf8: overlong forms, surrogates and what lies beyond Unicode are none") {
  CHECK(is_utf8(""));
  CHECK(is_utf8("Dvořák \U0001F3B5"));
  for (const char* const none :
       {"\xff", "caf\xe9", "\xc3", "\xc0\x80", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"})
    CHECK_FALSE(is_utf8(none));
}

TEST_CASE("lower_case: letters of ASCII alone") { CHECK(lower_case("TITLE Ärger 1") == "title Ärger 1"); }
