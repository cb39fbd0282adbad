// Tokens as they stand in a file, and as the networks take them: for the inside of this folder.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "lib/dsp/torch_compat.hpp"

namespace ictus::mars {

/// Row by row to [1, rows, columns], on the processor; as many as the grid has.
inline torch::Tensor tensor_of(const std::vector<std::uint16_t>& tokens, std::int64_t rows,
                               std::int64_t columns) {
  torch::Tensor out = torch::empty({1, rows, columns}, torch::kLong);
  std::copy(tokens.begin(), tokens.end(), out.data_ptr<std::int64_t>());
  return out;
}

/// A grid of whole numbers row by row.
inline std::vector<std::uint16_t> tokens_of(const torch::Tensor& grid) {
  const torch::Tensor own = grid.to(torch::kCPU, torch::kLong).contiguous();
  const std::int64_t* const from = own.data_ptr<std::int64_t>();
  return {from, from + own.numel()};
}

}  // namespace ictus::mars
