// White noise as the spectra of overlapping frames, which only need to be weighted and put together again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ictus::synthesis {

/// The magnitudes of its spectra fluctuate less than those of random samples: what the model calls smooth is
/// smoother. Mean power of a sample is 1; windows are the square root of Hann's, for analysis and for
/// synthesis. After kFrames frames the noise begins again, without a seam.
class NoiseCarrier {
 public:
  static constexpr int kWindow = 1024;
  static constexpr int kHop = 512;
  static constexpr int kBins = kWindow / 2 + 1;
  static constexpr int kFrames = 128;

  NoiseCarrier();

  [[nodiscard]] const float* re(std::int64_t frame) const { return re_.data() + place(frame); }
  [[nodiscard]] const float* im(std::int64_t frame) const { return im_.data() + place(frame); }
  /// [kWindow] what the inverse transform of a frame is multiplied by before frames are added.
  [[nodiscard]] const std::vector<float>& synthesis_window() const { return synthesis_window_; }

 private:
  static std::size_t place(std::int64_t frame) {
    return static_cast<std::size_t>(static_cast<std::uint64_t>(frame) % kFrames) * kBins;
  }

  std::vector<float> re_, im_;  ///< [kFrames, kBins]
  std::vector<float> synthesis_window_;
};

/// The one that all noise is made of.
const NoiseCarrier& noise_carrier();

}  // namespace ictus::synthesis
