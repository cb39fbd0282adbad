// What has become of a steady tone.
#pragma once

#include <optional>
#include <span>

namespace ictus::metrics {

struct SteadyTone {
  double frequency_hz = 0.0;
  double level_dbfs = 0.0;  ///< of its root mean square; a sine of full scale has -3.01
};

struct ToneError {
  double level_db = 0.0;              ///< above 0 where it has become louder
  double swing_db = 0.0;              ///< how far its level goes up and down
  std::optional<double> pitch_cents;  ///< above 0 where it has become higher; nothing of silence
};

/// `sound` is mono, without the tone's beginning and end. From levels of 20 ms each, none of them taken below
/// -180 dBFS: their median less the tone's level, and the distance of their 5th and 95th percentile. The
/// pitch is the highest peak of the spectrum of it all under a Hann window, four times as fine as its length
/// gives, between bins by a parabola through three levels; so it is good to a hundredth of 1/length, in Hz.
/// Throws ictus::Error if there are less than 20 ms.
[[nodiscard]] ToneError tone_error(std::span<const float> sound, int sample_rate_hz, const SteadyTone& tone);

}  // namespace ictus::metrics
