#include "lib/analysis/motion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <optional>
#include <vector>

#include "lib/analysis/salience.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;

constexpr float kReachSemitones = 0.8F;  // that a pitch may move from frame to frame
constexpr int kSteps = 32;               // of the search to either side
constexpr int kMostPartials = 12;
constexpr float kFading = 0.95F;         // weight of a partial against that of the one below
constexpr float kHighestHz = 6000.0F;    // of the partials that are followed
constexpr std::size_t kLeastFrames = 6;  // 0.14 s: shorter sounds are taken as they are
constexpr float kLeastPart =
    3e-3F;  // of the strongest frame's salience, to the fourth power of which it rises
constexpr float kLeastMotion = 0.12F;      // semitones, standard deviation
constexpr double kLeastExplained = 0.75;   // of its variance
constexpr double kMostOffSemitones = 0.3;  // root of the mean square of what is not
constexpr int kGlideSteps = 96;            // of the search for how long a glide takes, 50 ms to 3 s
constexpr double kSlowestSwingHz = 3.0;
constexpr double kFastestSwingHz = 9.0;
/// Of the search for how fast it swings: in the time that is seen, but no finer than the other.
constexpr double kSwingStepTurns = 0.1;
constexpr double kLeastSwingStepHz = 0.05;
constexpr float kLeastGain = 1.15F;  // of what is there along the way, over what is there at one pitch

/// The pitch, followed for as long as it is strong: semitones from the event's, frame by frame.
std::vector<float> follow(const EventSound& event, const BinMap& map, int onset) {
  std::vector<float> semitones;
  const float hz = std::exp2(event.pitch_octaves);
  float middle = 0.0F;
  float strongest = 0.0F;
  for (int t = onset; t < map.frames; ++t) {
    const float here = hz * std::exp2(middle / 12.0F);
    const int partials = std::clamp(static_cast<int>(kHighestHz / here), 1, kMostPartials);
    const std::vector<float> roots =
        fourth_roots(map.frame(t), here * std::exp2(kReachSemitones / 12.0F) * static_cast<float>(partials),
                     map.hz_per_bin);
    float best = -1.0F;
    int best_step = 0;
    std::array<float, 2 * kSteps + 1> found{};
    for (int i = -kSteps; i <= kSteps; ++i) {
      const float off = kReachSemitones * static_cast<float>(i) / kSteps;
      // A pitch that stays is as likely as one that moves a little.
      const float strength =
          harmonic_strength(roots, here * std::exp2(off / 12.0F), map.hz_per_bin, partials, kFading) *
          (1.0F - 0.05F * std::abs(off) / kReachSemitones);
      found[static_cast<std::size_t>(i + kSteps)] = strength;
      if (strength > best) {
        best = strength;
        best_step = i;
      }
    }
    float between = 0.0F;  // by the parabola through the best and its neighbours
    if (std::abs(best_step) < kSteps) {
      const auto at = static_cast<std::size_t>(best_step + kSteps);
      const float bend = found[at - 1] - 2.0F * found[at] + found[at + 1];
      if (bend < 0.0F) between = std::clamp(0.5F * (found[at - 1] - found[at + 1]) / bend, -0.5F, 0.5F);
    }
    strongest = std::max(strongest, best);
    if (best * best * best * best < kLeastPart * strongest * strongest * strongest * strongest) break;
    middle += kReachSemitones * (static_cast<float>(best_step) + between) / kSteps;
    semitones.push_back(middle);
  }
  return semitones;
}

/// Least squares of a few basis functions, by the normal equations.
template <std::size_t N>
std::array<double, N> least_squares(const std::vector<std::array<double, N>>& rows,
                                    const std::vector<float>& values) {
  std::array<std::array<double, N + 1>, N> m{};
  for (std::size_t t = 0; t < rows.size(); ++t) {
    for (std::size_t i = 0; i < N; ++i) {
      for (std::size_t j = 0; j < N; ++j) m[i][j] += rows[t][i] * rows[t][j];
      m[i][N] += rows[t][i] * static_cast<double>(values[t]);
    }
  }
  for (std::size_t i = 0; i < N; ++i) m[i][i] += 1e-9;
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t r = 0; r < N; ++r) {
      if (r == i) continue;
      const double factor = m[r][i] / m[i][i];
      for (std::size_t c = i; c <= N; ++c) m[r][c] -= factor * m[i][c];
    }
  std::array<double, N> result{};
  for (std::size_t i = 0; i < N; ++i) result[i] = m[i][N] / m[i][i];
  return result;
}

template <std::size_t N>
double left_over(const std::vector<std::array<double, N>>& rows, const std::array<double, N>& solved,
                 const std::vector<float>& values) {
  double sum = 0.0;
  for (std::size_t t = 0; t < rows.size(); ++t) {
    double off = static_cast<double>(values[t]);
    for (std::size_t i = 0; i < N; ++i) off -= rows[t][i] * solved[i];
    sum += off * off;
  }
  return sum;
}

/// A glide that arrives after some time, and where it arrives. Returns what of the track's squares it leaves.
double fit_glide(const std::vector<float>& semitones, const std::vector<double>& seconds, double variance,
                 const EventSound& event, EventSound& moved) {
  double best = variance;
  for (int i = 0; i <= kGlideSteps; ++i) {
    const double glide_s = 0.05 * std::pow(60.0, i / static_cast<double>(kGlideSteps));
    std::vector<std::array<double, 2>> line;
    for (const double s : seconds) line.push_back({1.0, std::max(1.0 - s / glide_s, 0.0)});
    const std::array<double, 2> solved = least_squares(line, semitones);
    const double left = left_over(line, solved, semitones);
    if (left < 0.98 * best && std::abs(solved[1]) < 14.0) {
      best = left;
      moved.glide_semitones = static_cast<float>(solved[1]);
      moved.glide_log_s = static_cast<float>(std::log(glide_s));
      moved.pitch_octaves = event.pitch_octaves + static_cast<float>(solved[0]) / 12.0F;
    }
  }
  return best;
}

/// A swing around a glide, which leaves `glide_only` by itself. Returns what both leave.
double fit_swing(const std::vector<float>& semitones, const std::vector<double>& seconds, double glide_only,
                 float hop_s, const EventSound& event, EventSound& moved) {
  double best = glide_only;
  std::vector<double> glide;
  for (const double s : seconds)
    glide.push_back(std::max(1.0 - s / std::exp(static_cast<double>(moved.glide_log_s)), 0.0));
  const double step_hz = std::max(kLeastSwingStepHz, kSwingStepTurns / seconds.back());
  for (double hz = kSlowestSwingHz; hz <= kFastestSwingHz; hz += step_hz) {
    std::vector<std::array<double, 4>> swing;
    std::complex<double> turned = std::polar(1.0, 2.0 * std::numbers::pi * hz * seconds.front());
    const std::complex<double> turn =
        std::polar(1.0, 2.0 * std::numbers::pi * hz * static_cast<double>(hop_s));
    for (std::size_t t = 0; t < seconds.size(); ++t, turned *= turn)
      swing.push_back({1.0, turned.imag(), turned.real(), glide[t]});
    const std::array<double, 4> solved = least_squares(swing, semitones);
    const double left = left_over(swing, solved, semitones);
    const double depth = std::hypot(solved[1], solved[2]);
    if (left < best && left < 0.6 * glide_only && depth < 2.0 && std::abs(solved[3]) < 14.0) {
      best = left;
      moved.vibrato_semitones = static_cast<float>(depth);
      moved.vibrato_log_hz = static_cast<float>(std::log(hz));
      moved.vibrato_turns = static_cast<float>(std::atan2(solved[2], solved[1]) / (2.0 * std::numbers::pi));
      moved.glide_semitones = static_cast<float>(solved[3]);
      moved.pitch_octaves = event.pitch_octaves + static_cast<float>(solved[0]) / 12.0F;
    }
  }
  return best;
}

/// Whether what moves like that is there, and stronger than what stays.
bool is_stronger(const EventSound& moved, const EventSound& event, const std::vector<double>& seconds,
                 const BinMap& map, int onset) {
  const float still_hz = std::exp2(event.pitch_octaves);
  float moving = 0.0F, still = 0.0F;
  for (std::size_t t = 0; t < seconds.size(); ++t) {
    const float hz = std::exp2(moved.pitch_octaves +
                               synthesis::deviation_semitones(moved, static_cast<float>(seconds[t])) / 12.0F);
    const int partials = std::clamp(static_cast<int>(kHighestHz / hz), 1, kMostPartials);
    const std::vector<float> roots =
        fourth_roots(map.frame(onset + static_cast<int>(t)),
                     std::max(hz, still_hz) * static_cast<float>(partials), map.hz_per_bin);
    moving += harmonic_strength(roots, hz, map.hz_per_bin, partials, kFading);
    still += harmonic_strength(roots, still_hz, map.hz_per_bin, partials, kFading);
  }
  return moving >= kLeastGain * still;
}

/// The event as it moves along a track; none where neither glide nor vibrato describes it. What hardly moves,
/// or is stronger at one pitch, stays.
std::optional<EventSound> moved_along(const std::vector<float>& semitones, const EventSound& event,
                                      const BinMap& map, int onset) {
  std::vector<double> seconds;
  for (std::size_t t = 0; t < semitones.size(); ++t)
    seconds.push_back(static_cast<double>((static_cast<float>(t) + 0.5F) * map.hop_s));
  double mean = 0.0, square = 0.0;
  for (const float value : semitones) {
    mean += static_cast<double>(value);
    square += static_cast<double>(value) * static_cast<double>(value);
  }
  const auto n = static_cast<double>(semitones.size());
  const double variance = square - mean * mean / n;
  if (std::sqrt(variance / n) < static_cast<double>(kLeastMotion)) return event;
  EventSound moved = event;
  const double glide_only = fit_glide(semitones, seconds, variance, event, moved);
  const double left = fit_swing(semitones, seconds, glide_only, map.hop_s, event, moved);
  if (left > (1.0 - kLeastExplained) * variance || std::sqrt(left / n) > kMostOffSemitones) return {};
  if (!is_stronger(moved, event, seconds, map, onset)) return event;
  if (std::abs(moved.glide_semitones) < 0.1F) moved.glide_semitones = 0.0F;
  return moved;
}

}  // namespace

void guess_motion(EventSound& event, const BinMap& map, int onset) {
  constexpr std::size_t kShorter = 5;  // by one in so many frames, until what is left is described
  const int first = std::min(onset + 1, map.frames - 1);
  std::vector<float> semitones = follow(event, map, first);
  const std::size_t followed = semitones.size();
  for (; semitones.size() >= kLeastFrames;
       semitones.resize(semitones.size() - (semitones.size() + kShorter - 1) / kShorter)) {
    const std::optional<EventSound> moved = moved_along(semitones, event, map, first);
    if (!moved) continue;
    event = *moved;
    if (semitones.size() < followed) let_go(event, static_cast<float>(semitones.size()) * map.hop_s);
    return;
  }
}

}  // namespace ictus::analysis
