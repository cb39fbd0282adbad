#include "lib/synthesis/time_course.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "lib/synthesis/spectrum_knots.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kTwoPi = 2.0F * std::numbers::pi_v<float>;
constexpr float kShortestAttackS = 0.001F;  // added to all, so that none is a click in the model
constexpr float kDamperS = 1.0F / 60.0F;    // in which the damper comes down

float softplus(float x) { return x > 20.0F ? x : x < -20.0F ? 0.0F : std::log1p(std::exp(x)); }
float logistic(float x) { return 1.0F / (1.0F + std::exp(-x)); }

/// The stretch of the contour that holds `elapsed_s`, and how far through it that is.
struct Stretch {
  int to;      ///< its later point; kContourPoints when all lie behind
  float part;  ///< 0..1
  float length_s;
};

Stretch stretch_at(float elapsed_s) {
  float from_s = 0.0F;
  for (int point = 0; point < kContourPoints; ++point) {
    const float to_s = contour_s(point);
    if (elapsed_s < to_s) return {point, std::max(elapsed_s - from_s, 0.0F) / (to_s - from_s), to_s - from_s};
    from_s = to_s;
  }
  return {kContourPoints, 0.0F, 1.0F};
}

float point_db(const EventSound& sound, int point) {
  return point < 0 ? 0.0F : sound.contour_db[static_cast<std::size_t>(point)];
}

/// Share of a window, the square of Hann's and of length 1, that lies before `x` from its centre.
float share_before(float x) {
  const float y = std::clamp(x, -0.5F, 0.5F);
  return (y + 0.5F) + (4.0F / 3.0F) * std::sin(kTwoPi * y) / kTwoPi +
         (1.0F / 3.0F) * std::sin(2.0F * kTwoPi * y) / (2.0F * kTwoPi);
}
/// Its integral from the window's beginning on.
float area_before(float x) {
  const float y = std::clamp(x, -0.5F, 0.5F);
  const float inside = 0.5F * (y + 0.5F) * (y + 0.5F) -
                       (4.0F / 3.0F) * (std::cos(kTwoPi * y) + 1.0F) / (kTwoPi * kTwoPi) +
                       (1.0F / 3.0F) * (1.0F - std::cos(2.0F * kTwoPi * y)) / (4.0F * kTwoPi * kTwoPi);
  return inside + std::max(x - y, 0.0F);
}
/// The window itself.
float window_at(float x) {
  if (x <= -0.5F || x >= 0.5F) return 0.0F;
  return 1.0F + (4.0F / 3.0F) * std::cos(kTwoPi * x) + (1.0F / 3.0F) * std::cos(2.0F * kTwoPi * x);
}
constexpr float kLeastShare = 1e-4F;  // of a window, below which the mean time in it is not a matter

}  // namespace

float attack_s(float attack_log_s) { return std::exp(attack_log_s) + kShortestAttackS; }

float course_log(const EventSound& sound, float elapsed_s) {
  const Stretch s = stretch_at(elapsed_s);
  const float from = point_db(sound, s.to - 1);
  const float contour = s.to == kContourPoints ? from : from + s.part * (point_db(sound, s.to) - from);
  const float after = (elapsed_s - std::exp(sound.hold_log_s)) / kDamperS;
  return contour * kTenthOfLog10 - std::exp(sound.damping_log_rate) * softplus(after) * kDamperS;
}

float add_course_gradient(const EventSound& sound, float elapsed_s, float slope, EventSound& gradient) {
  const Stretch s = stretch_at(elapsed_s);
  float by_elapsed = 0.0F;
  const float by_db = slope * kTenthOfLog10;
  if (s.to == kContourPoints) {
    gradient.contour_db[kContourPoints - 1] += by_db;
  } else {
    if (s.to > 0) gradient.contour_db[static_cast<std::size_t>(s.to) - 1] += by_db * (1.0F - s.part);
    gradient.contour_db[static_cast<std::size_t>(s.to)] += by_db * s.part;
    by_elapsed = by_db * (point_db(sound, s.to) - point_db(sound, s.to - 1)) / s.length_s;
  }
  const float hold = std::exp(sound.hold_log_s);
  const float rate = std::exp(sound.damping_log_rate);
  const float after = (elapsed_s - hold) / kDamperS;
  const float down = logistic(after);
  gradient.damping_log_rate -= slope * rate * softplus(after) * kDamperS;
  gradient.hold_log_s += slope * rate * down * hold;
  return by_elapsed - slope * rate * down;
}

float deviation_semitones(const EventSound& sound, float elapsed_s) {
  const float left = 1.0F - elapsed_s * std::exp(-sound.glide_log_s);
  const float turns = std::exp(sound.vibrato_log_hz) * elapsed_s + sound.vibrato_turns;
  return sound.glide_semitones * std::max(left, 0.0F) + sound.vibrato_semitones * std::sin(kTwoPi * turns);
}

float add_deviation_gradient(const EventSound& sound, float elapsed_s, float slope, EventSound& gradient) {
  const float passed = elapsed_s * std::exp(-sound.glide_log_s);
  float by_elapsed = 0.0F;
  if (passed < 1.0F) {
    gradient.glide_semitones += slope * (1.0F - passed);
    gradient.glide_log_s += slope * sound.glide_semitones * passed;
    by_elapsed = -slope * sound.glide_semitones * std::exp(-sound.glide_log_s);
  }
  const float hz = std::exp(sound.vibrato_log_hz);
  const float angle = kTwoPi * (hz * elapsed_s + sound.vibrato_turns);
  gradient.vibrato_semitones += slope * std::sin(angle);
  const float by_turns = slope * sound.vibrato_semitones * std::cos(angle) * kTwoPi;
  gradient.vibrato_turns += by_turns;
  gradient.vibrato_log_hz += by_turns * hz * elapsed_s;
  return by_elapsed + by_turns * hz;
}

bool moves(const EventSound& sound) {
  return std::abs(sound.glide_semitones) > kStillSemitones ||
         std::abs(sound.vibrato_semitones) > kStillSemitones;
}

SeenAttack seen_attack(float since_onset_s, float attack_s, float window_s) {
  const float x = since_onset_s / window_s;
  const float area = area_before(x);
  const float rise = area - area_before((since_onset_s - attack_s) / window_s);
  return {std::max(rise * window_s / attack_s, 0.0F),
          std::max(area * window_s / (share_before(x) + kLeastShare), 0.0F)};
}

AttackSlopes attack_slopes(float since_onset_s, float attack_s, float window_s) {
  const float x = since_onset_s / window_s;
  const float after = (since_onset_s - attack_s) / window_s;
  const float area = area_before(x);
  const float share = share_before(x);
  const float share_after = share_before(after);
  const float rise = area - area_before(after);
  const float whole = share + kLeastShare;
  return {(share - share_after) / attack_s, share_after / attack_s - rise * window_s / (attack_s * attack_s),
          share / whole - area * window_at(x) / (whole * whole)};
}

// The Laplace transform of the square of Hann's window, 1 + 4/3 cos(2 pi x) + 1/3 cos(4 pi x), at a.
DecayLift decay_lift(float windows) {
  constexpr float kMost = 96.0F;
  constexpr int kSteps = 4;  // of the table, for each logarithm
  constexpr auto kCount = static_cast<std::size_t>(kMost) * kSteps + 1;
  static const std::array<float, kCount> table = [] {
    std::array<float, kCount> logs{};
    constexpr double kPi = std::numbers::pi;
    for (std::size_t i = 1; i < kCount; ++i) {
      const double a = static_cast<double>(i) / kSteps;
      const double sum = 1.0 / a - (4.0 / 3.0) * a / (a * a + 4.0 * kPi * kPi) +
                         (1.0 / 3.0) * a / (a * a + 16.0 * kPi * kPi);
      logs[i] = static_cast<float>(std::log(2.0 * std::sinh(0.5 * a) * sum));
    }
    return logs;
  }();
  const float at = std::clamp(windows, 0.0F, kMost - 1.0F) * kSteps;
  const auto low = static_cast<std::size_t>(at);
  const float rise = table[low + 1] - table[low];
  return {table[low] + (at - static_cast<float>(low)) * rise, rise * kSteps};
}

DecayLift onset_decay(float windows, float since_windows, float attack_windows) {
  constexpr float kStraight = 0.1F;  // up to which the mean is that of a straight line
  constexpr double kPi = std::numbers::pi;
  const double x = static_cast<double>(std::clamp(since_windows, -0.5F, 0.5F));
  const double share = static_cast<double>(share_before(static_cast<float>(x)));
  if (share < 1e-4) return {0.0F, 0.0F};
  const double elapsed = static_cast<double>(area_before(static_cast<float>(x))) / share;
  if (windows < kStraight)
    return {static_cast<float>(-static_cast<double>(windows) * elapsed), static_cast<float>(-elapsed)};
  // The integral of the window times the exponential, from the onset to the window's end.
  const auto log_mean = [&](double a) {
    const auto anti = [&](double y) {
      return -1.0 / a +
             (4.0 / 3.0) * (2.0 * kPi * std::sin(2.0 * kPi * y) - a * std::cos(2.0 * kPi * y)) /
                 (a * a + 4.0 * kPi * kPi) +
             (1.0 / 3.0) * (4.0 * kPi * std::sin(4.0 * kPi * y) - a * std::cos(4.0 * kPi * y)) /
                 (a * a + 16.0 * kPi * kPi);
    };
    const double integral = std::exp(-a * (0.5 + x)) * anti(0.5) - anti(-x);
    const double rising = a * std::min(static_cast<double>(attack_windows), elapsed);
    return std::log(std::max(integral, 1e-12) / share *
                    (rising > 1e-6 ? -std::expm1(-rising) / rising : 1.0));
  };
  const auto a = static_cast<double>(windows);
  constexpr double kNear = 0.01;
  return {
      static_cast<float>(log_mean(a)),
      static_cast<float>((log_mean(a * (1.0 + kNear)) - log_mean(a * (1.0 - kNear))) / (2.0 * kNear * a))};
}

}  // namespace ictus::synthesis
