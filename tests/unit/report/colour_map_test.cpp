#include "lib/report/colour_map.hpp"

#include <doctest/doctest.h>

#include <cmath>

using ictus::report::Colour;
using ictus::report::colour_of;

namespace {

/// CIE L* of a colour of sRGB (IEC 61966-2-1), from 0 to 100.
double lightness(const Colour& colour) {
  const auto linear = [](std::uint8_t value) {
    const double part = value / 255.0;
    return part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
  };
  const double y = 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
  return y > 216.0 / 24389.0 ? 116.0 * std::cbrt(y) - 16.0 : y * 24389.0 / 27.0;
}

}  // namespace

TEST_CASE("colours: lightness grows evenly from nearly black to nearly white") {
  constexpr int kSteps = 32;
  CHECK(lightness(colour_of(0.0)) < 6.0);
  CHECK(lightness(colour_of(1.0)) > 92.0);
  for (int i = 0; i < kSteps; ++i) {
    CAPTURE(i);
    const double step = lightness(colour_of((i + 1.0) / kSteps)) - lightness(colour_of(i / double{kSteps}));
    // The mean step is 2.9.
    CHECK(step > 1.2);
    CHECK(step < 4.5);
  }
}

TEST_CASE("colours: levels beyond the ends are the ends") {
  CHECK(lightness(colour_of(-3.0)) == lightness(colour_of(0.0)));
  CHECK(lightness(colour_of(7.0)) == lightness(colour_of(1.0)));
}
