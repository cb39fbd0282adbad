// Layers of small networks, one vector at a time, forwards and backwards.
#pragma once

#include <cmath>
#include <cstddef>

namespace ictus::synthesis {

/// out += in * weights, [rows] times [rows, columns].
void add_product(const float* in, const float* weights, std::size_t rows, std::size_t columns, float* out);
/// by_in += by_out * transposed weights, by_weights += in times by_out; where one of them is null it is left
/// out.
void add_product_gradient(const float* in, const float* weights, const float* by_out, std::size_t rows,
                          std::size_t columns, float* by_in, float* by_weights);

inline float logistic(float x) { return 1.0F / (1.0F + std::exp(-x)); }
/// x times its logistic (Elfwing et al. 2017).
inline float silu(float x) { return x * logistic(x); }
inline float silu_slope(float x) {
  const float s = logistic(x);
  return s * (1.0F + x * (1.0F - s));
}

}  // namespace ictus::synthesis
