// Loops that are compiled for processors with wide registers as well; the loader chooses.
#pragma once

#include <bit>
#include <cstdint>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ICTUS_WIDE __attribute__((target_clones("avx512f", "arch=haswell", "default")))
#else
#define ICTUS_WIDE
#endif

namespace ictus::synthesis {

/// exp(x) to 2 parts in ten million, 0 below -87, in a form that compilers turn into wide instructions.
inline float wide_exp(float x) {
  constexpr float kLog2E = 1.44269504F;
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: what is added and taken away again is rounded
  const float y = x < -87.0F ? -126.0F : (x > 88.0F ? 126.9F : x * kLog2E);
  const float whole = (y + kRound) - kRound;
  const float z = (y - whole) * 0.693147181F;  // -0.35..0.35
  const float power =
      1.0F + z * (1.0F + z * (0.5F + z * (0.166666667F +
                                          z * (0.0416666667F + z * (0.00833333333F + z * 0.00138888889F)))));
  const auto exponent = static_cast<std::uint32_t>(static_cast<std::int32_t>(whole) + 127) << 23U;
  return power * std::bit_cast<float>(exponent);
}

}  // namespace ictus::synthesis
