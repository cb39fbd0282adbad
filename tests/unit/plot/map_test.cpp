#include "lib/plot/map.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lib/core/error.hpp"
#include "tests/unit/plot/drawn.hpp"
#include "tests/unit/plot/kinds_of_file.hpp"

using namespace ictus;
using namespace ictus::plot;

namespace {

Map map_of(std::vector<MapEvent> events) { return {"A title", 10.0, true, std::move(events)}; }

tests::ReadPicture picture_of(std::vector<MapEvent> events, Theme theme = Theme::light) {
  return tests::read_png(map(map_of(std::move(events)), {FileKind::png, theme, 1200, 600}));
}

const std::vector<MapEvent> kEvents = {{1.0, -10.0, 0.1, tests::kRed}, {7.5, -30.0, 0.9, {0, 160, 90}}};

}  // namespace

TEST_CASE("map: each kind of file begins as it must, and is the same each time") {
  tests::check_kinds_of_file({FileKind::png, Theme::light, 1200, 600},
                             [](const PictureFormat& format) { return map(map_of(kEvents), format); });
}

TEST_CASE("map: a vector file has no bitmap in it") {
  const std::string svg = map(map_of(kEvents), {FileKind::svg, Theme::light, 1200, 600});
  CHECK(svg.find("<image") == std::string::npos);
  CHECK(svg.find("<path") != std::string::npos);
}

TEST_CASE("map: pictures have the size that is asked for") {
  for (const auto& [width_px, height_px] : {std::pair{300, 200}, {600, 400}, {1200, 600}, {3000, 500}}) {
    const auto picture =
        tests::read_png(map(map_of(kEvents), {FileKind::png, Theme::dark, width_px, height_px}));
    CHECK(picture.width_px == static_cast<std::size_t>(width_px));
    CHECK(picture.height_px == static_cast<std::size_t>(height_px));
  }
  for (const auto& [width_px, height_px] :
       {std::pair{299, 600}, {1200, 199}, {10001, 600}, {1200, 10001}, {-1, 0}}) {
    CHECK_THROWS_AS((void)map(map_of(kEvents), {FileKind::png, Theme::light, width_px, height_px}), Error);
  }
}

TEST_CASE("map: an event lies above its time on the axis") {
  for (const double onset_s : {0.0, 2.0, 5.0, 10.0}) {
    CAPTURE(onset_s);
    const auto picture = picture_of({{onset_s, -10.0, 0.5, tests::kRed}});
    const auto ticks = tests::tick_columns(picture, 552);
    REQUIRE(ticks.size() == 11);
    const tests::Drawn disc = tests::red_in(picture, 0, 1200);
    CHECK(std::abs(disc.x - ticks[static_cast<std::size_t>(onset_s)]) <= 1.0);
  }
}

TEST_CASE("map: a higher place is higher, and the middle is the middle") {
  const double low = tests::red_in(picture_of({{5.0, -10.0, 0.0, tests::kRed}}), 0, 1200).y;
  const double middle = tests::red_in(picture_of({{5.0, -10.0, 0.5, tests::kRed}}), 0, 1200).y;
  const double high = tests::red_in(picture_of({{5.0, -10.0, 1.0, tests::kRed}}), 0, 1200).y;
  CHECK(low - high > 400.0);
  CHECK(middle == doctest::Approx((low + high) / 2.0).epsilon(0.01));
}

TEST_CASE("map: ten decibels more are twice the area") {
  const auto picture = picture_of({{2.0, -10.0, 0.5, tests::kRed}, {8.0, -20.0, 0.5, tests::kRed}});
  const auto loud = static_cast<double>(tests::red_in(picture, 0, 600).pixels);
  const auto quiet = static_cast<double>(tests::red_in(picture, 600, 1200).pixels);
  CHECK(loud / quiet == doctest::Approx(2.0).epsilon(0.15));
}

TEST_CASE("map: the ground follows the theme") {
  CHECK(picture_of(kEvents, Theme::light).brightness(2, 2) == 3 * 255);
  CHECK(picture_of(kEvents, Theme::dark).brightness(2, 2) < 3 * 32);
}

TEST_CASE("map: nothing to draw, and what cannot be drawn") {
  CHECK_THROWS_WITH_AS((void)map(map_of({}), {}), "there is nothing to draw", Error);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  Map harm{std::string("\xff\xc0 Gr\xc3\xb6\xc3") + std::string(5000, 'x'), nan, false, {}};
  harm.events = {{1.0, -infinity, nan, tests::kRed},
                 {nan, nan, 7.0, tests::kRed},
                 {-2.0, 5.0, -3.0, tests::kRed},
                 {infinity, 5.0, 0.5, tests::kRed}};
  for (const FileKind kind : {FileKind::png, FileKind::svg, FileKind::pdf}) {
    CHECK(map(harm, {kind, Theme::dark, 300, 200}).size() > 1000);
  }
}

TEST_CASE("map: ten thousand events") {
  std::vector<MapEvent> events;
  for (int i = 0; i < 10000; ++i) {
    events.push_back({0.001 * i, -10.0 - i % 40, (i * 37 % 1000) / 1000.0, tests::kRed});
  }
  const auto picture = picture_of(events);
  // They neither hide all of the ground nor fade into it.
  const double covered = static_cast<double>(tests::red_in(picture, 0, 1200).pixels) / (1200.0 * 600.0);
  CHECK(covered > 0.02);
  CHECK(covered < 0.5);
}
