#include "lib/metrics/note_match.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace ictus::metrics {
namespace {

using Notes = std::vector<OnsetAndPitch>;

void check(const NoteMatch& match, std::size_t matched, double precision, double recall, double f1) {
  CHECK(match.matched == matched);
  CHECK(match.precision == doctest::Approx(precision));
  CHECK(match.recall == doctest::Approx(recall));
  CHECK(match.f1 == doctest::Approx(f1));
}

TEST_CASE("notes that are all found") {
  const Notes notes{{0.25, 60}, {0.25, 64}, {0.75, 60}};
  check(match_notes(notes, notes), 3, 1.0, 1.0, 1.0);
}

TEST_CASE("precision is of the notes found, recall of the true ones") {
  const Notes truth{{0.0, 60}, {1.0, 62}, {2.0, 64}, {3.0, 65}};
  const Notes found{{0.01, 60}, {1.0, 63}, {2.0, 64}, {2.5, 70}, {2.6, 71}, {2.7, 72}};
  check(match_notes(truth, found), 2, 2.0 / 6.0, 2.0 / 4.0, 0.4);
  check(match_notes(found, truth), 2, 2.0 / 4.0, 2.0 / 6.0, 0.4);
}

TEST_CASE("within 50 ms and half a semitone, both included, and no farther") {
  const Notes truth{{1.0, 60}};
  for (const double onset_s : {0.951, 1.049}) {
    CHECK(match_notes(truth, Notes{{onset_s, 60}}).matched == 1);
  }
  CHECK(match_notes(Notes{{0.0, 60}}, Notes{{0.05, 60}}).matched == 1);
  for (const double onset_s : {0.949, 1.051}) {
    CHECK(match_notes(truth, Notes{{onset_s, 60}}).matched == 0);
  }
  for (const double pitch : {59.5, 60.49, 60.5}) CHECK(match_notes(truth, Notes{{1.0, pitch}}).matched == 1);
  for (const double pitch : {59.49, 60.51, 48.0, 72.0}) {
    CHECK(match_notes(truth, Notes{{1.0, pitch}}).matched == 0);
  }
}

TEST_CASE("a note found counts once") {
  check(match_notes(Notes{{1.0, 60}, {1.03, 60}}, Notes{{1.01, 60}}), 1, 1.0, 0.5, 2.0 / 3.0);
  check(match_notes(Notes{{1.0, 60}}, Notes{{1.0, 60}, {1.03, 60}}), 1, 0.5, 1.0, 2.0 / 3.0);
}

TEST_CASE("each true note takes the nearest that is left, in its turn") {
  // The first takes what lies in the middle, and leaves the second what is too far; the other way round both
  // find one.
  CHECK(match_notes(Notes{{1.0, 60}, {1.08, 60}}, Notes{{0.96, 60}, {1.035, 60}}).matched == 1);
  CHECK(match_notes(Notes{{1.08, 60}, {1.0, 60}}, Notes{{0.96, 60}, {1.035, 60}}).matched == 2);
}

TEST_CASE("where there are no notes, none is right") {
  check(match_notes(Notes{}, Notes{}), 0, 0.0, 0.0, 0.0);
  check(match_notes(Notes{{1.0, 60}}, Notes{}), 0, 0.0, 0.0, 0.0);
  check(match_notes(Notes{}, Notes{{1.0, 60}}), 0, 0.0, 0.0, 0.0);
}

}  // namespace
}  // namespace ictus::metrics
