// Where something red is in a picture whose other colours are greys.
#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>

#include "lib/report/colour_map.hpp"
#include "tests/unit/report/png_reader.hpp"

namespace ictus::tests {

constexpr report::Colour kRed = {230, 20, 20};

inline int redness(const ReadPicture& picture, std::size_t x, std::size_t y) {
  const std::size_t at = 3 * (y * picture.width_px + x);
  return picture.rgb[at] - std::max(picture.rgb[at + 1], picture.rgb[at + 2]);
}

struct Drawn {
  std::size_t pixels = 0;
  std::size_t left = std::numeric_limits<std::size_t>::max();
  std::size_t right = 0;
  double x = 0.0;  ///< the middle
  double y = 0.0;
};

/// What is red between two columns.
inline Drawn red_in(const ReadPicture& picture, std::size_t begin_x, std::size_t end_x) {
  Drawn drawn;
  for (std::size_t y = 0; y < picture.height_px; ++y) {
    for (std::size_t x = begin_x; x < end_x; ++x) {
      if (redness(picture, x, y) < 12) continue;
      ++drawn.pixels;
      drawn.left = std::min(drawn.left, x);
      drawn.right = std::max(drawn.right, x);
      drawn.x += static_cast<double>(x);
      drawn.y += static_cast<double>(y);
    }
  }
  drawn.x /= static_cast<double>(drawn.pixels);
  drawn.y /= static_cast<double>(drawn.pixels);
  return drawn;
}

/// The columns of the ticks below what ends at the row `bottom`.
inline std::vector<double> tick_columns(const ReadPicture& picture, std::size_t bottom) {
  std::vector<double> columns;
  for (std::size_t x = 0; x < picture.width_px; ++x) {
    if (picture.brightness(x, bottom + 3) < 3 * 215 && picture.brightness(x, bottom + 4) < 3 * 215) {
      columns.push_back(static_cast<double>(x));
    }
  }
  return columns;
}

}  // namespace ictus::tests
