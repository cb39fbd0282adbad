// The pitch of a spectrum.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/dsp/bands.hpp"

namespace ictus::events {

/// Compares spectra with those of harmonic sounds of all pitches from A0 up to 4.7 kHz, a little above C8.
///
/// The fourth root of a spectrum's power, above the lowest values nearby, is correlated with a pattern for
/// each pitch: lobes as wide as the window and the stiffness of strings make them, at every harmonic, slowly
/// getting weaker. This is the sum over harmonics of D. J. Hermes (Measurement of pitch by subharmonic
/// summation, JASA 83, 1988) with two properties of the estimator of A. Camacho and J. G. Harris (A sawtooth
/// waveform inspired pitch estimator, JASA 124, 2008): a root of power, by which the many weak harmonics say
/// more than the one that is loudest, whatever its number; and patterns of mean 0 and norm 1, so that what
/// lies between the harmonics, and harmonics that are missing, speak against a pitch, and those an octave
/// below or above fit less well.
class PitchFinder {
 public:
  explicit PitchFinder(const dsp::Bands& bands);

  /// The pitch in Hz of a power density in fine bands; 0 where none stands out.
  [[nodiscard]] double pitch_hz(std::span<const float> density) const;

 private:
  /// How far from a harmonic its power may lie, Hz.
  [[nodiscard]] double reach_hz(double harmonic, double hz, std::size_t band) const;
  /// By which part there is less power between the harmonics of a pitch than if it lay as evenly as noise: 1
  /// if there is none, 0 in noise of any colour, below 0 when it is there that the power lies.
  [[nodiscard]] double concentration(std::span<const float> density, double hz) const;
  [[nodiscard]] std::vector<float> flattened(std::span<const float> density) const;
  /// A pitch between patterns, from where the peaks of the spectrum lie.
  [[nodiscard]] double refined(std::span<const float> density, double hz) const;

  double hz_per_bin_;
  std::vector<float> centre_hz_, width_bins_;
  std::vector<float> patterns_;  ///< [patterns, bands], fourth roots of power, from low to high
  torch::Tensor correlations_;   ///< [patterns, bands], the same weighted, of mean 0 and norm 1
};

}  // namespace ictus::events
