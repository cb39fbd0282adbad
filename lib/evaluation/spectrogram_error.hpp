// How far a note's spectrogram is from that of the note it stands for.
#pragma once

#include <span>

namespace ictus::evaluation {

struct SpectrogramError {
  double mean_square = 0.0;    ///< 0 .. 4
  double mean_absolute = 0.0;  ///< 0 .. 2
};

/// Plain means over all values of two log-magnitude spectrograms of mono notes at 16 kHz: periodic Hann
/// window of 1024 samples, hop 256, decibels below each note's own loudest place, no lower than -70 dB,
/// scaled to -1 .. 1. The shorter note is followed by silence. Waveforms are not compared: where phases are
/// invented, their difference says nothing.
[[nodiscard]] SpectrogramError spectrogram_error(std::span<const float> a, std::span<const float> b);

}  // namespace ictus::evaluation
