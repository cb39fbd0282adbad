// What a window sees of a sine that keeps its frequency: power and spectrum in bins.
#pragma once

#include <array>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/lobe.hpp"

namespace ictus::synthesis {

/// A sine in a spectrum: its amplitude times sine and cosine of its phase, and by how many natural logarithms
/// the amplitude falls within the window, for few of them.
struct SpectrumPart {
  int lobe;
  float in, across;
  float dying;
};

/// The lobe of Hann's window around a frequency, for a sine whose phase is that at the window's middle.
class SteadyLobe {
 public:
  SteadyLobe() = default;
  /// Below 0 it is the image of a sine at the negative of its frequency.
  SteadyLobe(float hz, const BandView& view);

  static constexpr int kBins = 2 * kLobeReach + 4;

  /// Adds the power of a sine of power `power`.
  void add_power(float power, float* bins) const;
  /// The bin that it is loudest in.
  [[nodiscard]] int middle() const { return middle_; }
  /// The greatest power of a bin, for a sine of power 1.
  [[nodiscard]] static float peak(const BandView& view) {
    return static_cast<float>(view.window_samples) / 6.0F;
  }

  [[nodiscard]] static bool has_image(float hz, const BandView& view) {
    return hz < (kLobeReach + 1) * view.hz_per_bin();
  }

 private:
  friend void add_spectra(const SteadyLobe* lobes, const SpectrumPart* parts, int count, float gain,
                          float* re, float* im);
  int middle_ = 0;
  int first_ = 0;
  int bins_ = 0;
  std::array<float, kBins> power_{};
  std::array<float, kBins> amplitude_{};
  std::array<float, kBins> slope_{};
};

/// Adds the spectra of sines times `gain`.
void add_spectra(const SteadyLobe* lobes, const SpectrumPart* parts, int count, float gain, float* re,
                 float* im);

}  // namespace ictus::synthesis
