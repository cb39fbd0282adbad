// What a window sees of a sine that keeps its frequency: power and spectrum in bins.
#pragma once

#include <array>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/lobe.hpp"

namespace ictus::synthesis {

/// The lobe of Hann's window around a frequency, for a sine whose phase is that at the window's middle.
class SteadyLobe {
 public:
  SteadyLobe() = default;
  /// Below 0 it is the image of a sine at the negative of its frequency.
  SteadyLobe(float hz, const BandView& view);

  static constexpr int kBins = 2 * kLobeReach + 4;

  /// Adds the power of a sine of power `power`.
  void add_power(float power, float* bins) const;
  /// Adds its spectrum: `in` and `across` are its amplitude times the sine and the cosine of its phase.
  /// `dying` is by how many natural logarithms the amplitude falls within the window; for few of them.
  void add_spectrum(float in, float across, float dying, float* re, float* im) const;

  [[nodiscard]] static bool has_image(float hz, const BandView& view) {
    return hz < (kLobeReach + 1) * view.hz_per_bin();
  }

 private:
  int first_ = 0;
  int bins_ = 0;
  std::array<float, kBins> power_{};
  std::array<float, kBins> amplitude_{};
  std::array<float, kBins> slope_{};
};

}  // namespace ictus::synthesis
