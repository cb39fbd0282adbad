// The shape of a token pyramid: how sound is cut into clips, and a clip into grids of tokens.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ictus::formats {

/// A grid of tokens: rows over frequency (row 0 is the lowest), columns over time.
struct GridSize {
  std::uint16_t rows = 1;
  std::uint16_t columns = 1;
  [[nodiscard]] std::size_t tokens() const { return std::size_t{rows} * columns; }
  bool operator==(const GridSize&) const = default;
};

/// The shape of a model's pyramids. Its limits stand in SPEC.md.
struct PyramidShape {
  std::uint32_t clip_samples = 65536;  ///< of a whole clip; a multiple of clip_columns
  std::uint16_t clip_columns = 16;     ///< steps of time in which a clip may be shorter than whole
  std::uint32_t codebook_size = 2048;  ///< tokens are below it
  std::vector<GridSize> scales;        ///< of a whole clip, coarse first

  [[nodiscard]] std::uint32_t column_samples() const { return clip_samples / clip_columns; }
  /// Grid of a scale in a clip of `columns` (1 .. clip_columns): as many rows, columns in proportion,
  /// rounded up.
  [[nodiscard]] GridSize grid(std::size_t scale, std::uint16_t columns) const {
    const GridSize& whole = scales.at(scale);
    const std::uint32_t in_proportion =
        (std::uint32_t{whole.columns} * columns + clip_columns - 1) / clip_columns;
    return {whole.rows, static_cast<std::uint16_t>(std::max(in_proportion, 1U))};
  }
  bool operator==(const PyramidShape&) const = default;
};

}  // namespace ictus::formats
