// What has become of a pitch that moves.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace ictus::metrics {

struct PitchDeviation {
  double time_s = 0.0;          ///< the middle of the frame
  std::optional<double> cents;  ///< above 0 where it is too high; nothing where there is no such partial
};

/// How far one partial of `sound`, which is mono, is from where it should be, every 20 ms. `frequency_hz` is
/// the frequency that the first partial should have at each sample; both are cut to the shorter length.
///
/// The sound is multiplied with a complex sinusoid that moves as the partial should, against its direction: a
/// partial that moves right then stands at 0 Hz, however fast it moves, and one that does not stands beside
/// it. Where, is the peak of the spectrum under a Hann window of 60 ms, or six periods of the lowest
/// frequency if that is more, between bins by a parabola. It is looked for up to half-way to the next
/// partials: of the first one from -1200 to 702 cents, of the tenth within 85. A frame in which nothing has
/// its peak there, or where it is 60 dB below that of the frame in which it is strongest, has no such
/// partial. So take the partial that was the strongest; and since one partial does not tell an octave, look
/// at levels as well.
///
/// Frames are those whose window lies inside the sound. Throws ictus::Error when a frequency is not above 0,
/// or the partial comes half a frequency near to Nyquist, or there is no frame.
[[nodiscard]] std::vector<PitchDeviation> pitch_deviations(std::span<const float> sound, int sample_rate_hz,
                                                           std::span<const double> frequency_hz,
                                                           int partial = 1);

}  // namespace ictus::metrics
