// How an event goes in time: attack, contour, damper, and where its pitch is.
#pragma once

#include <array>
#include <span>

#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

/// Contour and damper of an event, for many moments of it. The sound has to live as long.
class CourseLog {
 public:
  explicit CourseLog(const EventSound& sound);
  /// What its power has been multiplied by after `elapsed_s`, apart from the attack and the decay of each
  /// partial, as a natural logarithm.
  [[nodiscard]] float at(float elapsed_s) const;
  /// Adds `slope`, a gradient by at(), to that by the sound. Returns that by `elapsed_s`.
  float add_gradient(float elapsed_s, float slope, EventSound& gradient) const;
  [[nodiscard]] float hold_s() const { return hold_s_; }  ///< after which it is let go

 private:
  [[nodiscard]] float point_db(int point) const;

  const EventSound* sound_;
  float hold_s_, damping_rate_;
};
/// The same for one moment.
inline float course_log(const EventSound& sound, float elapsed_s) { return CourseLog(sound).at(elapsed_s); }

/// Seconds from the onset in which power rises to its full.
float attack_s(float attack_log_s);

/// Semitones above the event's pitch after `elapsed_s`: glide and vibrato.
float deviation_semitones(const EventSound& sound, float elapsed_s);
/// Adds to the gradient by the sound. Returns that by `elapsed_s`.
float add_deviation_gradient(const EventSound& sound, float elapsed_s, float slope, EventSound& gradient);
inline constexpr float kStillSemitones = 0.02F;  ///< of glide or vibrato, up to which a pitch stays
/// Whether the pitch moves by more than can be heard.
bool moves(const EventSound& sound);

/// An attack as a window of `window_s` sees it whose centre lies `since_onset_s` after the onset: the window
/// is the square of Hann's, and power rises in a straight line.
struct SeenAttack {
  float power;      ///< 0..1, the mean of the attack over the window
  float elapsed_s;  ///< the mean time since the onset, over what of the window follows it
};
SeenAttack seen_attack(float since_onset_s, float attack_s, float window_s);
/// The same, and the slopes: of the power by the place and by the attack's length, of the mean time by the
/// place.
struct AttackSlopes {
  float power_by_onset, power_by_length, elapsed_by_onset;  ///< by `since_onset_s`, `attack_s`
};
AttackSlopes attack_slopes(float since_onset_s, float attack_s, float window_s);

/// Power that dies away by `windows` natural logarithms within a window, over that window, is stronger than
/// where the window is centred by this, as a natural logarithm: the mean of an exponential is more than its
/// middle. Also its slope.
struct DecayLift {
  float log, slope;
};
DecayLift decay_lift(float windows);

/// A window that sees an onset, its centre `since_windows` windows after it, -0.5 to 0.5, and what dies away
/// from there on.
class OnsetDecay {
 public:
  OnsetDecay(float since_windows, float attack_windows);

  /// The means of powers that die away by `windows` natural logarithms within a window, over what of the
  /// window follows the onset; natural logarithms. What dies away while it still rises, for the attack, does
  /// not get as loud.
  void logs(std::span<const float> windows, std::span<float> out) const;
  /// Their slopes by `windows`.
  void slopes(std::span<const float> windows, std::span<float> out) const;

 private:
  template <typename Loop>
  void run(Loop loop, std::span<const float> windows, std::span<float> out) const;

  float since_, share_, elapsed_, rising_;
  std::array<float, 2> sine_, cosine_;  ///< of the window's two waves at the onset
};

}  // namespace ictus::synthesis
