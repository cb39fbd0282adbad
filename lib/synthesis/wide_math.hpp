// Functions in a form that compilers turn into wide instructions, for loops of lib/core/wide.hpp.
#pragma once

#include <bit>
#include <cstdint>

namespace ictus::synthesis {

/// exp(x) to 2 parts in ten million, 0 below -87.
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

/// sin(2 pi turns), off by 2e-7 at most; minimax for a polynomial that is 0 where the sine is.
inline float wide_sine(float turns) {
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23
  const float r = turns - ((turns + kRound) - kRound);
  const float u = r * r;
  const float q = 6.2831826F + u * (-16.2086703F + u * (16.7609747F + u * (-9.5307998F + u * 3.0583273F)));
  return r * (1.0F - 4.0F * u) * q;
}

/// Natural logarithm to a few parts in a million.
inline float wide_log(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t shifted = bits - 0x3F3504F3U;  // of the square root of 1/2
  const auto exponent = static_cast<std::int32_t>(shifted) >> 23;
  const float m = std::bit_cast<float>((shifted & 0x007FFFFFU) + 0x3F3504F3U) - 1.0F;
  float p = 7.0376836292e-2F;
  p = p * m - 1.1514610310e-1F;
  p = p * m + 1.1676998740e-1F;
  p = p * m - 1.2420140846e-1F;
  p = p * m + 1.4249322787e-1F;
  p = p * m - 1.6668057665e-1F;
  p = p * m + 2.0000714765e-1F;
  p = p * m - 2.4999993993e-1F;
  p = p * m + 3.3333331174e-1F;
  return m - 0.5F * m * m + m * m * m * p + 0.693147181F * static_cast<float>(exponent);
}

}  // namespace ictus::synthesis
