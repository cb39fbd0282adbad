// Colours in coordinates that follow the eye.
#pragma once

#include "lib/report/colour_map.hpp"

namespace ictus::plot {

/// Björn Ottosson, "A perceptual color space for image processing", 2020.
struct Oklab {
  double lightness;  ///< 0 (black) .. 1 (white)
  double a;          ///< from green to red
  double b;          ///< from blue to yellow
};

/// From linear sRGB, each component 0 .. 1.
[[nodiscard]] Oklab oklab(double red, double green, double blue);

/// In sRGB. Colours that no screen shows come out with less chroma, of the same lightness and hue.
[[nodiscard]] report::Colour colour_of(const Oklab& colour);

}  // namespace ictus::plot
