#include "lib/report/colour_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ictus::report {
namespace {

/// A colour of OKLCh at one of equally distant levels; its lightness follows from the level.
struct ControlPoint {
  double chroma;
  double hue_degrees;
};

constexpr std::array<ControlPoint, 9> kControlPoints = {{{0.030, 280.0},
                                                         {0.095, 288.0},
                                                         {0.140, 302.0},
                                                         {0.165, 332.0},
                                                         {0.185, 366.0},
                                                         {0.180, 392.0},
                                                         {0.150, 418.0},
                                                         {0.125, 445.0},
                                                         {0.070, 464.0}}};
constexpr double kDarkest = 0.15;
constexpr double kLightest = 0.97;

std::uint8_t encoded(double linear) {
  const double clamped = std::clamp(linear, 0.0, 1.0);
  const double value = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * std::pow(clamped, 1.0 / 2.4) - 0.055;
  return static_cast<std::uint8_t>(std::lround(255.0 * value));
}

}  // namespace

Colour colour_of(double level) {
  const double within = std::clamp(level, 0.0, 1.0);
  const double place = within * static_cast<double>(kControlPoints.size() - 1);
  const auto index = std::min(static_cast<std::size_t>(place), kControlPoints.size() - 2);
  const double part = place - static_cast<double>(index);
  const double lightness = std::lerp(kDarkest, kLightest, within);
  const double chroma = std::lerp(kControlPoints[index].chroma, kControlPoints[index + 1].chroma, part);
  const double hue =
      std::lerp(kControlPoints[index].hue_degrees, kControlPoints[index + 1].hue_degrees, part) / 180.0 *
      std::numbers::pi;

  // OKLab to linear sRGB: Björn Ottosson, "A perceptual color space for image processing", 2020.
  const double a = chroma * std::cos(hue);
  const double b = chroma * std::sin(hue);
  const double l = std::pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
  const double m = std::pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
  const double s = std::pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
  return {encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
          encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
          encoded(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s)};
}

}  // namespace ictus::report
