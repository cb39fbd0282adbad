#include "lib/synthesis/time_course.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "lib/core/wide.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/wide_math.hpp"

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

CourseLog::CourseLog(const EventSound& sound)
    : sound_(&sound), hold_s_(std::exp(sound.hold_log_s)), damping_rate_(std::exp(sound.damping_log_rate)) {}

float CourseLog::point_db(int point) const {
  return point < 0 ? 0.0F : sound_->contour_db[static_cast<std::size_t>(point)];
}

float CourseLog::at(float elapsed_s) const {
  const Stretch s = stretch_at(elapsed_s);
  const float from = point_db(s.to - 1);
  const float contour = s.to == kContourPoints ? from : from + s.part * (point_db(s.to) - from);
  const float after = (elapsed_s - hold_s_) / kDamperS;
  return contour * kTenthOfLog10 - damping_rate_ * softplus(after) * kDamperS;
}

float CourseLog::add_gradient(float elapsed_s, float slope, EventSound& gradient) const {
  const Stretch s = stretch_at(elapsed_s);
  float by_elapsed = 0.0F;
  const float by_db = slope * kTenthOfLog10;
  if (s.to == kContourPoints) {
    gradient.contour_db[kContourPoints - 1] += by_db;
  } else {
    if (s.to > 0) gradient.contour_db[static_cast<std::size_t>(s.to) - 1] += by_db * (1.0F - s.part);
    gradient.contour_db[static_cast<std::size_t>(s.to)] += by_db * s.part;
    by_elapsed = by_db * (point_db(s.to) - point_db(s.to - 1)) / s.length_s;
  }
  const float after = (elapsed_s - hold_s_) / kDamperS;
  const float down = logistic(after);
  gradient.damping_log_rate -= slope * damping_rate_ * softplus(after) * kDamperS;
  gradient.hold_log_s += slope * damping_rate_ * down * hold_s_;
  return by_elapsed - slope * damping_rate_ * down;
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
  // All of the window lies behind the attack, as most do.
  if (since_onset_s - attack_s >= 0.5F * window_s) return {1.0F, since_onset_s / (1.0F + kLeastShare)};
  const float x = since_onset_s / window_s;
  const float area = area_before(x);
  const float rise = area - area_before((since_onset_s - attack_s) / window_s);
  return {std::max(rise * window_s / attack_s, 0.0F),
          std::max(area * window_s / (share_before(x) + kLeastShare), 0.0F)};
}

AttackSlopes attack_slopes(float since_onset_s, float attack_s, float window_s) {
  if (since_onset_s - attack_s >= 0.5F * window_s) return {0.0F, 0.0F, 1.0F / (1.0F + kLeastShare)};
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

namespace {

constexpr float kStraight = 0.3F;  // up to which the mean is that of a straight line
constexpr float kLeastSeen = 1e-4F;
constexpr std::array<float, 2> kWaves{kTwoPi, 2.0F * kTwoPi};
constexpr std::array<float, 2> kWaveWeights{4.0F / 3.0F, 1.0F / 3.0F};

/// What OnsetDecay holds, for loops.
struct OnsetWindow {
  float since, share, straight, rising, sine[2], cosine[2];
};

/// The integral of the window times the exponential, from the onset to the window's end, and its slope.
struct Integral {
  float value, slope;
};
inline Integral seen_integral(const OnsetWindow& w, float a) {
  const float first = 1.0F / (a * a + kWaves[0] * kWaves[0]);
  const float second = 1.0F / (a * a + kWaves[1] * kWaves[1]);
  const auto wave = [&](std::size_t i, float each) {
    return kWaveWeights[i] * each * (kWaves[i] * w.sine[i] - a * w.cosine[i]);
  };
  const auto wave_slope = [&](std::size_t i, float each) {
    return -kWaveWeights[i] * each *
           (w.cosine[i] + 2.0F * a * each * (kWaves[i] * w.sine[i] - a * w.cosine[i]));
  };
  const auto end = [&](std::size_t i, float each) { return kWaveWeights[i] * each * a; };
  const auto end_slope = [&](std::size_t i, float each) {
    return kWaveWeights[i] * each * (1.0F - 2.0F * a * a * each);
  };
  const float at_onset = -1.0F / a + wave(0, first) + wave(1, second);
  const float onset_slope = 1.0F / (a * a) + wave_slope(0, first) + wave_slope(1, second);
  const float at_end = -1.0F / a + end(0, first) - end(1, second);
  const float end_slopes = 1.0F / (a * a) + end_slope(0, first) - end_slope(1, second);
  const float fallen = wide_exp(-a * (0.5F + w.since));
  return {fallen * at_end - at_onset, fallen * (end_slopes - (0.5F + w.since) * at_end) - onset_slope};
}
/// (1 - exp(-x)) / x, and the slope of its logarithm.
inline float rising_mean(float x) {
  return x < 0.02F ? 1.0F - 0.5F * x : (1.0F - wide_exp(-x)) / (x < 0.02F ? 1.0F : x);
}
inline float rising_slope(float x) {
  if (x < 0.02F) return -0.5F + x / 12.0F;
  const float fallen = wide_exp(-x);
  return fallen / (1.0F - fallen) - 1.0F / x;
}
constexpr float kLeastIntegral = 1e-12F;

ICTUS_WIDE void onset_logs(const OnsetWindow& w, const float* windows, int count, float* out) {
  for (int i = 0; i < count; ++i) {
    const float a = windows[i] > kStraight ? windows[i] : kStraight;
    const float value = seen_integral(w, a).value;
    const float mean =
        (value > kLeastIntegral ? value : kLeastIntegral) / w.share * rising_mean(a * w.rising);
    out[i] = windows[i] < kStraight ? -windows[i] * w.straight : wide_log(mean);
  }
}

ICTUS_WIDE void onset_slopes(const OnsetWindow& w, const float* windows, int count, float* out) {
  for (int i = 0; i < count; ++i) {
    const float a = windows[i] > kStraight ? windows[i] : kStraight;
    const Integral integral = seen_integral(w, a);
    const float slope = (integral.value > kLeastIntegral ? integral.slope / integral.value : 0.0F) +
                        w.rising * rising_slope(a * w.rising);
    out[i] = windows[i] < kStraight ? -w.straight : slope;
  }
}

}  // namespace

OnsetDecay::OnsetDecay(float since_windows, float attack_windows)
    : since_(std::clamp(since_windows, -0.5F, 0.5F)),
      share_(share_before(since_)),
      elapsed_(area_before(since_) / std::max(share_, kLeastSeen)),
      rising_(std::min(attack_windows, elapsed_)) {
  for (std::size_t i = 0; i < kWaves.size(); ++i) {
    sine_[i] = std::sin(-kWaves[i] * since_);
    cosine_[i] = std::cos(kWaves[i] * since_);
  }
}

template <typename Loop>
void OnsetDecay::run(Loop loop, std::span<const float> windows, std::span<float> out) const {
  if (share_ < kLeastSeen) {
    std::fill(out.begin(), out.end(), 0.0F);
    return;
  }
  const OnsetWindow window{
      since_, share_, elapsed_ + 0.5F * rising_, rising_, {sine_[0], sine_[1]}, {cosine_[0], cosine_[1]}};
  loop(window, windows.data(), static_cast<int>(windows.size()), out.data());
}

void OnsetDecay::logs(std::span<const float> windows, std::span<float> out) const {
  run(onset_logs, windows, out);
}

void OnsetDecay::slopes(std::span<const float> windows, std::span<float> out) const {
  run(onset_slopes, windows, out);
}

}  // namespace ictus::synthesis
