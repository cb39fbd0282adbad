#include "lib/plot/roll.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lib/core/error.hpp"
#include "tests/unit/plot/drawn.hpp"
#include "tests/unit/plot/kinds_of_file.hpp"

using namespace ictus;
using namespace ictus::plot;

namespace {

constexpr report::Colour kGrey = {128, 128, 128};

Roll roll_of(std::vector<RollEvent> events) { return {"A title", 10.0, std::move(events)}; }

tests::ReadPicture picture_of(std::vector<RollEvent> events) {
  return tests::read_png(roll(roll_of(std::move(events)), {FileKind::png, Theme::light, 1200, 600}));
}

const std::vector<RollEvent> kEvents = {{1.0, 2.0, -10.0, 440.0, 900.0, tests::kRed},
                                        {2.0, 0.2, -20.0, 0.0, 3000.0, {0, 160, 90}}};

}  // namespace

TEST_CASE("roll: each kind of file begins as it must, and is the same each time") {
  tests::check_kinds_of_file({FileKind::png, Theme::dark, 800, 500},
                             [](const PictureFormat& format) { return roll(roll_of(kEvents), format); });
}

TEST_CASE("roll: a bar begins at its onset, ends when the sound has died away, and fades") {
  const auto picture = picture_of({{2.0, 5.0, -10.0, 440.0, 0.0, tests::kRed}});
  const auto ticks = tests::tick_columns(picture, 552);
  REQUIRE(ticks.size() == 11);
  const tests::Drawn bar = tests::red_in(picture, 0, 1200);
  CHECK(std::abs(static_cast<double>(bar.left) - ticks[2]) <= 1.5);
  // Its last part is too faint to be found.
  CHECK(static_cast<double>(bar.right) <= ticks[7] + 1.0);
  CHECK(static_cast<double>(bar.right) > ticks[6]);
  const auto row = static_cast<std::size_t>(bar.y);
  const auto at = [&](double time_s) {
    return tests::redness(picture, static_cast<std::size_t>(ticks[0] + time_s * (ticks[1] - ticks[0])), row);
  };
  CHECK(at(2.3) > at(4.2) + 30);
  CHECK(at(4.2) > at(6.5) + 30);
}

TEST_CASE("roll: octaves are equally far apart, higher ones above") {
  std::vector<double> rows;
  for (const double pitch_hz : {220.0, 440.0, 880.0}) {
    std::vector<RollEvent> events;
    for (const double hz : {220.0, 440.0, 880.0}) {
      events.push_back({1.0, 1.0, -10.0, hz, 0.0, hz == pitch_hz ? tests::kRed : kGrey});
    }
    rows.push_back(tests::red_in(picture_of(events), 0, 1200).y);
  }
  CHECK(rows[0] > rows[1] + 50.0);
  CHECK(rows[0] - rows[1] == doctest::Approx(rows[1] - rows[2]).epsilon(0.02));
}

TEST_CASE("roll: events without pitch lie below those with one, the brighter the higher") {
  const auto row = [](std::size_t red) {
    std::vector<RollEvent> events = {{1.0, 1.0, -10.0, 30.0, 0.0, kGrey},
                                     {3.0, 1.0, -10.0, 0.0, 400.0, kGrey},
                                     {5.0, 1.0, -10.0, 0.0, 4000.0, kGrey}};
    events[red].colour = tests::kRed;
    return tests::red_in(picture_of(events), 0, 1200).y;
  };
  CHECK(row(0) < row(2) - 10.0);
  CHECK(row(2) < row(1) - 10.0);
}

TEST_CASE("roll: a quiet event is fainter") {
  const auto picture =
      picture_of({{1.0, 2.0, -10.0, 440.0, 0.0, tests::kRed}, {6.0, 2.0, -50.0, 440.0, 0.0, tests::kRed}});
  const tests::Drawn loud = tests::red_in(picture, 0, 600);
  const tests::Drawn quiet = tests::red_in(picture, 600, 1200);
  CHECK(loud.y == doctest::Approx(quiet.y).epsilon(0.01));
  CHECK(tests::redness(picture, loud.left + 5, static_cast<std::size_t>(loud.y)) >
        tests::redness(picture, quiet.left + 5, static_cast<std::size_t>(loud.y)) + 50);
}

TEST_CASE("roll: nothing to draw, and what cannot be drawn") {
  CHECK_THROWS_WITH_AS((void)roll(roll_of({}), {}), "there is nothing to draw", Error);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  Roll harm{std::string("\xff\n\xc3"), nan, {}};
  harm.events = {{1.0, infinity, nan, nan, nan, kGrey},
                 {nan, nan, -infinity, -5.0, -5.0, kGrey},
                 {-1.0, -1.0, 0.0, 1e-3, 0.0, kGrey},
                 {2.0, 1e12, 0.0, 1e5, 0.0, kGrey}};
  for (const FileKind kind : {FileKind::png, FileKind::svg, FileKind::pdf}) {
    CHECK(roll(harm, {kind, Theme::dark, 300, 200}).size() > 1000);
  }
  CHECK(roll(roll_of({kEvents[0]}), {}).size() > 1000);
  CHECK(roll(roll_of({kEvents[1]}), {}).size() > 1000);
}
