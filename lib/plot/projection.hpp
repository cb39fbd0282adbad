// What 32 numbers become in a picture: a place on a line, and a colour.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/report/colour_map.hpp"

namespace ictus::plot {

using Vector = std::array<float, 32>;

/// Up to so many vectors are lined up by t-SNE, whose time grows with their square: about 1.6 s for these.
constexpr std::size_t kMostForTsne = 3000;

/// Whether line_up() lines up so many vectors by t-SNE. A few, and more than kMostForTsne, lie along the
/// first principal component (PCA) instead.
[[nodiscard]] bool uses_tsne(std::size_t count);

/// A place in 0 .. 1 for each vector, such that similar vectors lie near each other. Equal vectors alone all
/// lie at 0.5; numbers that are not finite count as 0. `seed` is for t-SNE's first places.
[[nodiscard]] std::vector<double> line_up(std::span<const Vector> vectors, std::uint64_t seed);

/// A colour for each vector: a projection onto three directions drawn by `seed`, taken as red, green and blue
/// and brought to a lightness that can be seen on white as well as on black. Similar vectors have similar
/// colours.
[[nodiscard]] std::vector<report::Colour> colours(std::span<const Vector> vectors, std::uint64_t seed);

}  // namespace ictus::plot
