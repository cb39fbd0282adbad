// Colours for levels, from dark to light in even steps.
#pragma once

#include <cstdint>

namespace ictus::report {

struct Colour {
  std::uint8_t red;
  std::uint8_t green;
  std::uint8_t blue;
};

/// The colour of `level`, from 0 (nearly black) over violet, red and orange to 1 (a light yellow); other
/// levels are brought into that range. Equal steps of level are equal steps of lightness, so that the eye,
/// and a printer without colours, see no edges that are not there.
[[nodiscard]] Colour colour_of(double level);

}  // namespace ictus::report
