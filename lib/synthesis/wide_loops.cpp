#include "lib/synthesis/wide_loops.hpp"

#include <array>
#include <cstddef>

#include "lib/core/wide.hpp"

namespace ictus::synthesis {

ICTUS_WIDE void add_scaled(const float* __restrict in, float scale, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] += scale * in[i];
}

ICTUS_WIDE void add_product(const float* __restrict a, const float* __restrict b, int count,
                            float* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] += a[i] * b[i];
}

ICTUS_WIDE float inner(const float* __restrict a, const float* __restrict b, int count) {
  constexpr int kLanes = 16;
  std::array<float, kLanes> lane{};
  int i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (int l = 0; l < kLanes; ++l) lane[static_cast<std::size_t>(l)] += a[i + l] * b[i + l];
  float sum = 0.0F;
  for (const float part : lane) sum += part;
  for (; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

ICTUS_WIDE void multiply(const float* __restrict a, const float* __restrict b, int count,
                         float* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

}  // namespace ictus::synthesis
