// How an event goes in time, as the windows of a view see it, one frame after another.
#pragma once

#include <cstdint>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::synthesis {

class FrameCourse {
 public:
  /// Of an event that begins at sample `onset_samples` of a stream whose frame 0 is centred at its beginning.
  FrameCourse(const EventSound& sound, float attack_log_s, std::int64_t onset_samples, const BandView& view);

  struct Moment {
    float attack;         ///< power of the attack, 0..1
    float elapsed_s;      ///< since the onset
    float since_windows;  ///< from the onset to the middle of the frame
    float level;          ///< all that power is multiplied by, apart from the decay of each part
  };
  [[nodiscard]] Moment at(const EventSound& sound, std::int64_t frame) const;
  /// How fast the level rises there, natural logarithms of power for each second, seen over a quarter of the
  /// window.
  [[nodiscard]] float slope(const EventSound& sound, float elapsed_s) const;
  [[nodiscard]] std::int64_t onset_samples() const { return onset_samples_; }
  [[nodiscard]] float attack_windows() const { return attack_s_ / window_s_; }
  /// The first frame that it is seen in.
  [[nodiscard]] std::int64_t first_frame() const;

 private:
  float gain_log_;
  std::int64_t onset_samples_;
  std::int64_t window_samples_, hop_samples_;
  double sample_rate_hz_;
  float attack_s_, window_s_;
};

}  // namespace ictus::synthesis
