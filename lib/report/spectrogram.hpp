// Spectrograms to look at: levels over time and the logarithm of frequency, and their picture.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lib/report/png.hpp"

namespace ictus::report {

constexpr double kLowestHz = 40.0;  ///< at the lower edge of a spectrogram
constexpr double kRangeDb = 80.0;   ///< from the loudest place down to the darkest colour

struct Spectrogram {
  std::size_t columns;
  std::size_t rows;
  double highest_hz;             ///< at the upper edge: half the sample rate
  std::vector<double> level_db;  ///< row by row from the top, from -kRangeDb to 0, the loudest place

  /// Where a frequency stands: 0 at the upper edge, 1 at the lower one.
  [[nodiscard]] double height_of(double hz) const;
};

/// Power spectra through a periodic Hann window of about 128 ms (a power of two samples), one for each
/// column, the columns in equal distances from the beginning of the sound to its end and the sound
/// silent beyond. Each row is the mean over a triangular band as wide as its distance to its neighbours, or
/// as that of two bins. Levels are relative to the loudest place of this sound; a silent one is -kRangeDb
/// everywhere.
/// Throws ictus::Error if there are no samples, no columns or no rows, or the rate is not above 80 Hz.
[[nodiscard]] Spectrogram spectrogram(std::span<const float> samples, int sample_rate_hz, std::size_t columns,
                                      std::size_t rows);

/// One pixel for each level, in the colours of colour_map.hpp. Levels are rounded to steps of 1.25 dB, which
/// the eye does not see and which halve the size of the file.
[[nodiscard]] Picture picture_of(const Spectrogram& spectrogram);

}  // namespace ictus::report
