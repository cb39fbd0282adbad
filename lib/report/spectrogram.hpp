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

/// The same before it is put into decibels.
struct Powers {
  std::size_t columns;
  std::size_t rows;
  double highest_hz;
  std::vector<double> power;  ///< row by row from the top, relative to nothing
};

/// Power spectra through a periodic Hann window of about 128 ms (a power of two samples), one for each
/// column, the columns in equal distances from the beginning of the sound to its end and the sound
/// silent beyond. Each row is the mean over a triangular band as wide as its distance to its neighbours, or
/// as that of two bins.
/// Throws ictus::Error if there are no samples, no columns or no rows, or the rate is not above 80 Hz.
[[nodiscard]] Powers powers(std::span<const float> samples, int sample_rate_hz, std::size_t columns,
                            std::size_t rows);

/// The power of the loudest place.
[[nodiscard]] double loudest(const Powers& powers);

/// Levels relative to `reference_power`, above 0 dB where there is more; -kRangeDb everywhere if it is 0.
[[nodiscard]] Spectrogram levels(const Powers& powers, double reference_power);

/// The levels of powers(), relative to the loudest place of this sound; a silent one is -kRangeDb everywhere.
/// Throws as powers() does.
[[nodiscard]] Spectrogram spectrogram(std::span<const float> samples, int sample_rate_hz, std::size_t columns,
                                      std::size_t rows);

/// One pixel for each level, in the colours of colour_map.hpp. Levels are rounded to steps of 1.25 dB, which
/// the eye does not see and which halve the size of the file.
[[nodiscard]] Picture picture_of(const Spectrogram& spectrogram);

}  // namespace ictus::report
