#include "lib/evaluation/pairs.hpp"

#include <doctest/doctest.h>

using namespace ictus::evaluation;
using ictus::formats::NoteLabel;

TEST_CASE("pairs: the same name, else the same family and pitch and the nearest velocity, else none") {
  const std::vector<NamedNote> reference = {
      {"x/flute_a_000-060-100.wav", NoteLabel{"flute", 60, 100}},
      {"x/flute_b_000-060-030.wav", NoteLabel{"flute", 60, 30}},
      {"x/flute_c_000-060-030.wav", NoteLabel{"flute", 60, 30}},
      {"bell.flac", std::nullopt},
      {"x/flute_d_000-060-000.wav", NoteLabel{"flute", 60, 0}},
  };
  const std::vector<NamedNote> generated = {
      {"bell.wav", std::nullopt},                               // by name, whatever the folder and suffix
      {"flute_m_000-060-040.wav", NoteLabel{"flute", 60, 40}},  // 30 is nearest, the first of two
      {"flute_m_000-060-090.wav", NoteLabel{"flute", 60, 90}},
      {"flute_m_000-060-000.wav", NoteLabel{"flute", 60, 0}},   // not known: as the one not known
      {"flute_m_000-061-090.wav", NoteLabel{"flute", 61, 90}},  // no such pitch
      {"brass_m_000-060-090.wav", NoteLabel{"brass", 60, 90}},  // no such family
      {"other.wav", std::nullopt},
      {"y/flute_c_000-060-030.ogg", NoteLabel{"flute", 60, 30}},  // by name before by label
  };
  const auto pairs = pair_notes(generated, reference);
  REQUIRE(pairs.size() == 5);
  const std::size_t expected[5][3] = {{0, 3, 1}, {1, 1, 0}, {2, 0, 0}, {3, 4, 0}, {7, 2, 1}};
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(pairs[i].generated == expected[i][0]);
    CHECK(pairs[i].reference == expected[i][1]);
    CHECK(pairs[i].by_name == (expected[i][2] == 1));
  }
}
