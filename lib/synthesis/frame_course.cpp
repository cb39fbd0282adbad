#include "lib/synthesis/frame_course.hpp"

#include <algorithm>
#include <cmath>

#include "lib/synthesis/spectrum_knots.hpp"

namespace ictus::synthesis {

FrameCourse::FrameCourse(const EventSound& sound, float attack_log_s, std::int64_t onset_samples,
                         const BandView& view)
    : gain_log_(sound.gain_db * kTenthOfLog10),
      onset_samples_(onset_samples),
      window_samples_(view.window_samples),
      hop_samples_(view.hop_samples),
      sample_rate_hz_(view.sample_rate_hz),
      attack_s_(attack_s(attack_log_s)),
      window_s_(view.window_s()) {}

FrameCourse::Moment FrameCourse::at(const EventSound& sound, std::int64_t frame) const {
  const auto since_samples = static_cast<double>(frame * hop_samples_ - onset_samples_);
  const auto since_s = static_cast<float>(since_samples / sample_rate_hz_);
  const SeenAttack seen = seen_attack(since_s, attack_s_, window_s_);
  return {seen.power, seen.elapsed_s, since_s / window_s_,
          seen.power * std::exp(gain_log_ + course_log(sound, seen.elapsed_s))};
}

float FrameCourse::slope(const EventSound& sound, float elapsed_s) const {
  const float before_s = std::max(elapsed_s - 0.125F * window_s_, 0.0F);
  const float after_s = elapsed_s + 0.125F * window_s_;
  const auto risen = [&](float at_s) { return std::max(std::min(at_s / attack_s_, 1.0F), 1e-3F); };
  return (course_log(sound, after_s) - course_log(sound, before_s) +
          std::log(risen(after_s) / risen(before_s))) /
         (after_s - before_s);
}

std::int64_t FrameCourse::first_frame() const {
  // The first whose window ends after the onset.
  const std::int64_t begin = onset_samples_ - window_samples_ / 2;
  const std::int64_t hops = begin >= 0 ? begin / hop_samples_ : -((-begin + hop_samples_ - 1) / hop_samples_);
  return hops + 1;
}

}  // namespace ictus::synthesis
