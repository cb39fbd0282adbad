#include "lib/synthesis/layers.hpp"

#include "lib/core/wide.hpp"

namespace ictus::synthesis {

ICTUS_WIDE void add_product(const float* in, const float* weights, std::size_t rows, std::size_t columns,
                            float* out) {
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c) out[c] += in[r] * weights[r * columns + c];
}

ICTUS_WIDE void add_product_gradient(const float* in, const float* weights, const float* by_out,
                                     std::size_t rows, std::size_t columns, float* by_in, float* by_weights) {
  constexpr std::size_t kLanes = 8;
  for (std::size_t r = 0; by_in != nullptr && r < rows; ++r) {
    const float* row = weights + r * columns;
    float lane[kLanes] = {};
    std::size_t c = 0;
    for (; c + kLanes <= columns; c += kLanes)
      for (std::size_t i = 0; i < kLanes; ++i) lane[i] += by_out[c + i] * row[c + i];
    float sum = 0.0F;
    for (const float part : lane) sum += part;
    for (; c < columns; ++c) sum += by_out[c] * row[c];
    by_in[r] += sum;
  }
  if (by_weights == nullptr) return;
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t k = 0; k < columns; ++k) by_weights[r * columns + k] += in[r] * by_out[k];
}

}  // namespace ictus::synthesis
