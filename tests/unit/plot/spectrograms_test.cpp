#include "lib/plot/spectrograms.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "lib/core/error.hpp"
#include "tests/unit/plot/kinds_of_file.hpp"
#include "tests/unit/report/png_reader.hpp"

using namespace ictus;
using namespace ictus::plot;

namespace {

report::Powers even_powers(double power, const PanelSize& size, double highest_hz = 11025.0) {
  return {size.columns, size.rows, highest_hz, std::vector<double>(size.columns * size.rows, power)};
}

report::Colour pixel(const tests::ReadPicture& picture, std::size_t x, std::size_t y) {
  const std::size_t at = 3 * (y * picture.width_px + x);
  return {picture.rgb[at], picture.rgb[at + 1], picture.rgb[at + 2]};
}

void check_equal(const report::Colour& a, const report::Colour& b) {
  CHECK(int{a.red} == int{b.red});
  CHECK(int{a.green} == int{b.green});
  CHECK(int{a.blue} == int{b.blue});
}

Spectrograms three(const PictureFormat& format) {
  const PanelSize size = panel_size(3, format);
  const auto original = even_powers(1.0, size);
  const auto decoded = even_powers(0.01, size);
  return {"A title",
          {{"original", original, 5.0}, {"decoded", decoded, 5.0}, {"silent", even_powers(0.0, size), 2.5}}};
}

}  // namespace

TEST_CASE("spectrograms: all panels share the first one's reference") {
  const PictureFormat format{FileKind::png, Theme::light, 1200, 600};
  const auto picture = tests::read_png(spectrograms(three(format), format));
  // Each panel is a third of what the margins of 58 and 78 and two gaps of 18 leave.
  const double each = (1200.0 - 58.0 - 78.0 - 36.0) / 3.0;
  const auto middle = [&](int panel) {
    return static_cast<std::size_t>(58.0 + panel * (each + 18.0) + each / 2.0);
  };
  check_equal(pixel(picture, middle(0), 300), report::colour_of(1.0));
  check_equal(pixel(picture, middle(1), 300), report::colour_of(1.0 - 20.0 / report::kRangeDb));
  check_equal(pixel(picture, middle(2) - 20, 300), report::colour_of(0.0));
  // That sound is half as long as its axis.
  CHECK(picture.brightness(middle(2) + 20, 300) > 3 * 240);
}

TEST_CASE("spectrograms: each kind of file begins as it must, and is the same each time") {
  tests::check_kinds_of_file({FileKind::png, Theme::dark, 600, 400},
                             [](const PictureFormat& format) { return spectrograms(three(format), format); });
}

TEST_CASE("spectrograms: the residual is what the decoded sound is short of") {
  const report::Powers original{2, 2, 8000.0, {1.0, 2.0, 3.0, 0.0}};
  const report::Powers decoded{2, 2, 8000.0, {0.25, 5.0, 3.0, 1.0}};
  const report::Powers left = residual(original, decoded);
  CHECK(left.power == std::vector<double>{0.75, 0.0, 0.0, 0.0});
  CHECK(left.columns == 2);
  CHECK(left.rows == 2);
  CHECK(left.highest_hz == 8000.0);
  CHECK_THROWS_AS((void)residual(original, {4, 1, 8000.0, {1.0, 2.0, 3.0, 0.0}}), Error);
  CHECK_THROWS_AS((void)residual(original, {2, 2, 4000.0, {1.0, 2.0, 3.0, 0.0}}), Error);
}

TEST_CASE("spectrograms: panels are as large as the picture allows") {
  const PanelSize one = panel_size(1, {FileKind::png, Theme::light, 1200, 600});
  CHECK(one.columns == 1064);
  CHECK(one.rows == 464);
  const PanelSize twice = panel_size(1, {FileKind::png, Theme::light, 2400, 1200});
  CHECK(twice.columns == 2128);
  CHECK(twice.rows == 928);
  const PanelSize smallest = panel_size(3, {FileKind::png, Theme::light, 300, 200});
  CHECK(smallest.columns > 30);
  CHECK(smallest.rows > 30);
}

TEST_CASE("spectrograms: nothing to draw, and what cannot be drawn together") {
  const PanelSize size{4, 3};
  CHECK_THROWS_WITH_AS((void)spectrograms({"", {}}, {}), "there is nothing to draw", Error);
  CHECK_THROWS_WITH_AS((void)spectrograms({"", {{"", {0, 0, 8000.0, {}}, 1.0}}}, {}),
                       "there is nothing to draw", Error);
  const Panel panel{"a", even_powers(1.0, size), 1.0};
  CHECK_THROWS_AS((void)spectrograms({"", {panel, panel, panel, panel}}, {}), Error);
  CHECK_THROWS_AS((void)spectrograms({"", {panel, {"b", even_powers(1.0, size, 4000.0), 1.0}}}, {}), Error);
  CHECK(spectrograms({"\xff", {{"\xc3", even_powers(0.0, size), 0.0}}}, {}).size() > 1000);
}
