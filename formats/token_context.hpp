// Which tokens a token is expected from: those beside it, and those of coarser scales around it; see SPEC.md,
// section 27.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/pyramid_shape.hpp"

namespace ictus::formats {

/// Tokens of its own scale: two before it in its row, three in the row below, one in the row below that.
inline constexpr std::size_t kBesideTokens = 6;
/// Places of its own scale around it and its own, each of which is covered by one cell of every coarser
/// scale.
inline constexpr std::size_t kAroundPlaces = 9;
inline constexpr std::size_t kOwnPlace = 4;  ///< among these
/// Where there is no token, outside of the grid or of a coarser scale than there is.
inline constexpr std::int32_t kNoToken = -1;

struct TokenContext {
  std::array<std::int32_t, kBesideTokens> beside{};
  /// For each coarser scale, coarse first.
  std::vector<std::array<std::int32_t, kAroundPlaces>> around;
  /// Of the token's row and column among those of all scales of a whole clip, one scale after the other.
  std::size_t row = 0, column = 0;
};

/// Of token `place` of scale `scales.size() - 1` in a clip of `columns`: `scales` has all tokens of the
/// coarser scales, and of its own those before it.
[[nodiscard]] TokenContext token_context(const PyramidShape& shape, std::uint16_t columns,
                                         std::span<const std::vector<std::uint16_t>> scales,
                                         std::size_t place);

/// Rows, and columns, of all scales of a whole clip together.
[[nodiscard]] std::size_t all_rows(const PyramidShape& shape);
[[nodiscard]] std::size_t all_columns(const PyramidShape& shape);

}  // namespace ictus::formats
