// Which pitches a spectrum may have.
#pragma once

#include <span>
#include <vector>

namespace ictus::analysis {

/// Where the peak at bin `k` lies between bins, by the ratio of its magnitude to that of its larger
/// neighbour, which for Hann's window and a steady sine says it exactly (Grandke, IEEE Trans. IM-32, 1983).
float peak_bins(std::span<const float> power, std::size_t k);

/// Fourth roots of the bins of a power spectrum up to a frequency, and a few more.
std::vector<float> fourth_roots(std::span<const float> power, float highest_hz, float hz_per_bin);

/// The sum of so many partials of a pitch in such roots, between bins; each weighs `fading` times what the
/// one below it does.
float harmonic_strength(std::span<const float> roots, float hz, float hz_per_bin, int partials, float fading);

struct PitchCandidate {
  float hz;
  float salience;
};

/// Pitches of a power spectrum, the most salient first, from 27 Hz to 10.2 kHz, refined between bins; `most`
/// at most, and besides these the strongest pitch's octaves and twelfth and the strongest peak. The salience
/// is the sum of compressed magnitudes at the partials less that between them, after A. Klapuri (Multiple
/// fundamental frequency estimation by summing harmonic amplitudes, ISMIR 2006).
std::vector<PitchCandidate> pitch_candidates(std::span<const float> power, float hz_per_bin, int most);

/// The most salient pitch within limits, refined, against another.
struct PitchComparison {
  PitchCandidate strongest;  ///< 0 Hz where there is none
  float closeness;           ///< how much of its partials has a neighbour as strong, 0 to 1; a chord has gaps
  float other_salience;
};
PitchComparison strongest_pitch(std::span<const float> power, float hz_per_bin, float lowest_hz,
                                float highest_hz, float other_hz);

}  // namespace ictus::analysis
