#include "lib/compose/expression.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ictus::compose {
namespace {

/// The event 7 at 1.5 s with -20 dB, v3 = 0.25, heard as 441 Hz for 0.3 s.
FactValues example() {
  Event event{33075, -20.0F, {}};
  event.vector[3] = 0.25F;
  FactValues values = values_of(event, 7, 22050);
  values[index_of(Fact::pitch)] = 441.0;
  values[index_of(Fact::duration)] = 0.3;
  return values;
}

bool holds(const std::string& text) { return Expression(text)(example()); }

/// That these hold of the example.
void check_holds(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) CHECK_MESSAGE(holds(text), text);
}

std::size_t position_of_mistake(const std::string& text) {
  try {
    Expression{text};
  } catch (const ExpressionError& error) {
    return error.position();
  }
  FAIL("parses: ", text);
  return 0;
}

TEST_CASE("an expression compares facts of an event") {
  check_holds({"gain>-30 && time<8s", "gain>=-20", "event==7", "event != 8", "v3 == 0.25", "time <= 1.5"});
  CHECK_FALSE(holds("gain>-20"));
  CHECK_FALSE(holds("v4 > 0"));
}

TEST_CASE("numbers have units, and notes are frequencies") {
  check_holds({"time == 1500ms", "time < 0.1min", "pitch > 0.44kHz", "gain == -20dB",
               "pitch > A4 && pitch < A#4", "pitch > c#3"});
}

TEST_CASE("and binds more strongly than or, multiplication than addition") {
  check_holds({"event==7 || event==8 && gain>0", "1+2*3 == 7", "(1+2)*3 == 9", "10-2-3 == 5", "7 % 4 == 3",
               "event % 2 == 1", "-time + 2 == 0.5", "!(gain > 0)", "!gain > 0", "!!(event == 7)"});
  CHECK_FALSE(holds("(event==7 || event==8) && gain>0"));
}

TEST_CASE("standard numbers are asked for by their names, in their units") {
  Event event{0, -20.0F, {}};
  event.vector.fill(0.0F);
  // In the middle of 1 ms to 1 s by ratios, and of -40 dB to 60 dB.
  FactValues values = values_of(event, 0, 44100);
  CHECK(Expression("attack > 31ms && attack < 32ms && balance == 10dB")(values));
  CHECK(Expression("position == 0 && glide == 0 && vibrato == 1")(values));
  // The middle of 25 Hz to 10500 Hz is 512.3 Hz; noise has no note.
  CHECK(Expression("note > 512Hz && note < 513Hz && note > B4 && note < C#5")(values));
  CHECK(Expression("attack<1 || note>A4").standard_numbers() == std::set<std::size_t>{0, 1, 7});
  event.vector[1] = -0.7F;  // -25 dB
  values = values_of(event, 0, 44100);
  CHECK(Expression("note == 0")(values));
  CHECK_FALSE(Expression("attack<1 || note>A4").asks_for_heard());
}

TEST_CASE("it is known whether an expression asks for what can only be heard") {
  CHECK_FALSE(Expression("gain>-30 && v31<0.5 && time<8").asks_for_heard());
  for (const char* const name : {"pitch", "loudness", "duration", "decay", "brightness"}) {
    CHECK(Expression(std::string("time<1 || ") + name + ">0").asks_for_heard());
  }
}

TEST_CASE("a mistake has a place") {
  const std::pair<const char*, std::size_t> mistakes[] = {
      {"gain>>30", 5},
      {"gain>-30 && (time<8s", 20},
      {"gain > ", 7},
      {"", 0},
      {"loud > 3", 0},
      {"v32 > 0", 0},
      {"v03 > 0", 0},
      {"time < 3sec", 8},
      {"gain", 0},
      {"1 < time < 3", 9},
      {"gain = 3", 5},
      {"gain > 3 & time < 1", 9},
      {"(gain > 3) + 1 > 0", 0},
      {"gain > 3 && time", 12},
      {"gain > 3 time", 9},
      {"-(gain > 3) > 0", 1},
  };
  for (const auto& [text, position] : mistakes) CHECK_MESSAGE(position_of_mistake(text) == position, text);
}

TEST_CASE("deep nesting is refused, not a crash") {
  CHECK_THROWS_AS(Expression(std::string(100'000, '(') + "gain>0"), ExpressionError);
  CHECK_THROWS_AS(Expression(std::string(100'000, '!') + "(gain>0)"), ExpressionError);
  CHECK_THROWS_AS(Expression("gain>" + std::string(100'000, '-') + "1"), ExpressionError);
}

}  // namespace
}  // namespace ictus::compose
