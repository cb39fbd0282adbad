#include "formats/token_context.hpp"

namespace ictus::formats {
namespace {

struct Step {
  int rows, columns;
};
constexpr std::array<Step, kBesideTokens> kBeside = {{{0, -1}, {0, -2}, {-1, 0}, {-1, -1}, {-1, 1}, {-2, 0}}};

/// The cell of `cells` that covers the middle of cell `own` of `owns`.
std::size_t covering(std::size_t own, std::size_t owns, std::size_t cells) {
  return (2 * own + 1) * cells / (2 * owns);
}

}  // namespace

TokenContext token_context(const PyramidShape& shape, std::uint16_t columns,
                           std::span<const std::vector<std::uint16_t>> scales, std::size_t place) {
  const std::size_t scale = scales.size() - 1;
  const GridSize grid = shape.grid(scale, columns);
  const auto row = static_cast<int>(place / grid.columns);
  const auto column = static_cast<int>(place % grid.columns);
  const auto is_inside = [&grid](int r, int c) {
    return r >= 0 && r < grid.rows && c >= 0 && c < grid.columns;
  };

  TokenContext context;
  for (std::size_t i = 0; i < kBeside.size(); ++i) {
    const int r = row + kBeside[i].rows;
    const int c = column + kBeside[i].columns;
    context.beside[i] =
        is_inside(r, c) ? scales[scale][static_cast<std::size_t>(r * grid.columns + c)] : kNoToken;
  }
  for (std::size_t coarser = 0; coarser < scale; ++coarser) {
    const GridSize cells = shape.grid(coarser, columns);
    auto& around = context.around.emplace_back();
    for (std::size_t i = 0; i < kAroundPlaces; ++i) {
      const int r = row + static_cast<int>(i / 3) - 1;
      const int c = column + static_cast<int>(i % 3) - 1;
      around[i] = kNoToken;
      if (!is_inside(r, c)) continue;
      const std::size_t cell_row = covering(static_cast<std::size_t>(r), grid.rows, cells.rows);
      const std::size_t cell_column = covering(static_cast<std::size_t>(c), grid.columns, cells.columns);
      around[i] = scales[coarser][cell_row * cells.columns + cell_column];
    }
  }
  context.row = static_cast<std::size_t>(row);
  context.column = static_cast<std::size_t>(column);
  for (std::size_t coarser = 0; coarser < scale; ++coarser) {
    context.row += shape.scales[coarser].rows;
    context.column += shape.scales[coarser].columns;
  }
  return context;
}

std::size_t all_rows(const PyramidShape& shape) {
  std::size_t rows = 0;
  for (const GridSize& grid : shape.scales) rows += grid.rows;
  return rows;
}

std::size_t all_columns(const PyramidShape& shape) {
  std::size_t columns = 0;
  for (const GridSize& grid : shape.scales) columns += grid.columns;
  return columns;
}

}  // namespace ictus::formats
