#include "lib/plot/oklab.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace ictus::plot {
namespace {

/// Red, green and blue; outside 0 .. 1 where no screen shows the colour.
std::array<double, 3> linear_rgb(const Oklab& colour) {
  const double l = std::pow(colour.lightness + 0.3963377774 * colour.a + 0.2158037573 * colour.b, 3);
  const double m = std::pow(colour.lightness - 0.1055613458 * colour.a - 0.0638541728 * colour.b, 3);
  const double s = std::pow(colour.lightness - 0.0894841775 * colour.a - 1.2914855480 * colour.b, 3);
  return {4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
          -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
          -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s};
}

std::uint8_t encoded(double linear) {
  const double within = std::clamp(linear, 0.0, 1.0);
  const double value = within <= 0.0031308 ? 12.92 * within : 1.055 * std::pow(within, 1.0 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(255.0 * value));
}

}  // namespace

Oklab oklab(double red, double green, double blue) {
  const double l = std::cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const double m = std::cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const double s = std::cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

report::Colour colour_of(const Oklab& colour) {
  const auto shown = [](const std::array<double, 3>& rgb) {
    return *std::min_element(rgb.begin(), rgb.end()) >= 0.0 &&
           *std::max_element(rgb.begin(), rgb.end()) <= 1.0;
  };
  std::array<double, 3> rgb = linear_rgb(colour);
  for (double part = 0.96; !shown(rgb) && part > 0.0; part -= 0.04) {
    rgb = linear_rgb({colour.lightness, part * colour.a, part * colour.b});
  }
  return {encoded(rgb[0]), encoded(rgb[1]), encoded(rgb[2])};
}

}  // namespace ictus::plot
