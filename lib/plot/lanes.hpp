// Four numbers at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ictus::plot {

constexpr std::size_t kLanes = 4;

/// What every processor of 64 bits computes side by side. An extension of GCC and Clang: left to themselves,
/// they find it in some loops and not in others. It also fixes the order in which sums are added up.
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));
using IntegerLanes = std::int32_t __attribute__((vector_size(kLanes * sizeof(std::int32_t))));

inline Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

inline void store(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }

inline double sum(Lanes lanes) {
  double total = 0.0;
  for (std::size_t lane = 0; lane < kLanes; ++lane) total += static_cast<double>(lanes[lane]);
  return total;
}

inline std::size_t filled_up(std::size_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

}  // namespace ictus::plot
