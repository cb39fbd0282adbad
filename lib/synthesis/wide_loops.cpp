#include "lib/synthesis/wide_loops.hpp"

#include "lib/synthesis/wide.hpp"

namespace ictus::synthesis {

ICTUS_WIDE void add_scaled(const float* __restrict in, float scale, int count, float* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] += scale * in[i];
}

ICTUS_WIDE void add_product(const float* __restrict a, const float* __restrict b, int count,
                            float* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] += a[i] * b[i];
}

ICTUS_WIDE void multiply(const float* __restrict a, const float* __restrict b, int count,
                         float* __restrict out) {
  for (int i = 0; i < count; ++i) out[i] = a[i] * b[i];
}

}  // namespace ictus::synthesis
