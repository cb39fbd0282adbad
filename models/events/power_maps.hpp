// Power in both views of a stretch of sound, and what is done with it everywhere.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::models {

/// Powers below this part of the reference level are silence: 70 dB, as in the log-mel distance.
inline constexpr double kPowerFloor = 1e-7;

/// Power relative to a reference level, such that the loudest part is near 1; see dsp::Bands.
struct PowerMaps {
  torch::Tensor fine;    ///< [B, fine bands, T]
  torch::Tensor coarse;  ///< [B, coarse bands, T * coarse_per_fine]

  [[nodiscard]] PowerMaps detach() const { return {fine.detach(), coarse.detach()}; }
  /// `count` fine frames from `first` on, and the coarse ones of the same time.
  [[nodiscard]] PowerMaps frames(std::int64_t first, std::int64_t count) const {
    const std::int64_t per_fine = coarse.size(2) / fine.size(2);
    return {fine.narrow(2, first, count), coarse.narrow(2, first * per_fine, count * per_fine)};
  }
  /// Every `stride`-th frame of both, from `first` on, as many fine ones as fit from any first below
  /// `stride`.
  [[nodiscard]] PowerMaps every(std::int64_t stride, std::int64_t first) const {
    const std::int64_t per_fine = coarse.size(2) / fine.size(2);
    const std::int64_t count = fine.size(2) / stride;
    const auto thinned = [&](const torch::Tensor& map, std::int64_t n) {
      return map.slice(2, first, first + (n - 1) * stride + 1, stride).contiguous();
    };
    return {thinned(fine, count), thinned(coarse, count * per_fine)};
  }
  /// Each item of the batch times its factor [B].
  [[nodiscard]] PowerMaps scaled(const torch::Tensor& factor) const {
    const torch::Tensor f = factor.unsqueeze(-1).unsqueeze(-1);
    return {fine * f, coarse * f};
  }
};

inline PowerMaps operator+(const PowerMaps& a, const PowerMaps& b) {
  return {a.fine + b.fine, a.coarse + b.coarse};
}
inline PowerMaps operator-(const PowerMaps& a, const PowerMaps& b) {
  return {a.fine - b.fine, a.coarse - b.coarse};
}

/// In dB, with the floor.
inline torch::Tensor level_db(const torch::Tensor& power) { return 10.0 * torch::log10(power + kPowerFloor); }

/// Level as networks like it: about -2 to 2.
inline torch::Tensor level_feature(const torch::Tensor& power) { return (level_db(power) + 35.0) / 20.0; }

}  // namespace ictus::models
