// Pictures as PNG files in memory.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "lib/report/colour_map.hpp"

namespace ictus::report {

struct Picture {
  std::size_t width_px;
  std::size_t height_px;
  std::vector<Colour> pixels;  ///< row by row from the top, each from the left
};

/// The bytes of a PNG file, 8 bits a colour, without transparency.
/// Throws ictus::Error if the picture is empty or too large for cairo (32,767 pixels a side).
[[nodiscard]] std::string png(const Picture& picture);

}  // namespace ictus::report
