#include "lib/synthesis/starting_phases.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "lib/core/wide.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::synthesis {
namespace {

/// Within which two partials are one tone.
constexpr float kSameRatio = 0.02F;
constexpr float kSameHz = 15.0F;
constexpr std::uint8_t kMostTimes = 2;

double pitch_at(const EventSound& sound, double elapsed_s) {
  return std::exp2(static_cast<double>(deviation_semitones(sound, static_cast<float>(elapsed_s))) / 12.0);
}

}  // namespace

// They rise, so that stiffness, which makes high partials run ahead, leads away from the place where all meet
// in a click.
Turns flat_phases(const Partials& heard, float turn) {
  float sum = 0.0F;
  for (const float power : heard.power) sum += power;
  Turns turns{};
  double phase = turn;
  double step = 0.0;
  for (std::size_t h = 0; h < static_cast<std::size_t>(heard.count); ++h) {
    turns[h] = phase - std::nearbyint(phase);
    step += static_cast<double>(heard.power[h] / sum);
    phase += step;
  }
  return turns;
}

namespace {

/// The powers of partials after so long, times `scale`.
ICTUS_WIDE void powers_after(const Partials& partials, float elapsed_s, float scale,
                             float* __restrict power) {
  for (std::size_t h = 0; h < kPartials; ++h)
    power[h] = scale * partials.power[h] * wide_exp(-partials.rate[h] * elapsed_s);
}

}  // namespace

/// By Simpson's rule.
void StartingPhases::move_on(Begun& begun, double elapsed_s) {
  constexpr double kMoveStepS = 0.01;
  if (!moves(begun.sound)) return;
  while (begun.moved_s < elapsed_s) {
    const double step_s = std::min(kMoveStepS, elapsed_s - begun.moved_s);
    const double mean =
        (pitch_at(begun.sound, begun.moved_s) + 4.0 * pitch_at(begun.sound, begun.moved_s + 0.5 * step_s) +
         pitch_at(begun.sound, begun.moved_s + step_s)) /
        6.0;
    begun.ahead_s += step_s * (mean - 1.0);
    begun.moved_s += step_s;
  }
}

void StartingPhases::go_on_from(Begun& begun, double elapsed_s, Beginning& beginning) {
  const auto after_s = static_cast<float>(elapsed_s);
  std::array<float, kPartials> power;
  powers_after(begun.heard, after_s,
               std::exp(begun.sound.gain_db * kTenthOfLog10 + course_log(begun.sound, after_s)),
               power.data());
  move_on(begun, elapsed_s);
  const auto pitch = static_cast<float>(pitch_at(begun.sound, elapsed_s));
  const auto end = beginning.hz.begin() + beginning.count;
  for (std::size_t h = 0; h < static_cast<std::size_t>(begun.heard.count); ++h) {
    if (power[h] < beginning.least || begun.times[h] == kMostTimes) continue;
    const float hz = begun.heard.hz[h] * pitch;
    const float apart_hz = std::min(kSameHz, kSameRatio * hz);
    for (auto near = std::lower_bound(beginning.hz.begin(), end, hz - apart_hz);
         near != end && *near <= hz + apart_hz; ++near) {
      const auto place = static_cast<std::size_t>(near - beginning.hz.begin());
      if (power[h] < beginning.most[place]) continue;
      beginning.most[place] = power[h];
      const double turns =
          begun.turns[h] + static_cast<double>(begun.heard.hz[h]) * (elapsed_s + begun.ahead_s);
      beginning.turns[place] = turns - std::nearbyint(turns);
      beginning.times[place] = begun.times[h] + 1;
    }
  }
}

Turns StartingPhases::of(const EventSound& sound, const Partials& heard, std::int64_t onset_samples,
                         float turn) {
  Beginning beginning{.count = heard.count, .turns = flat_phases(heard, turn)};
  if (heard.count == 0) return beginning.turns;
  const auto pitch = static_cast<float>(pitch_at(sound, 0.0));
  const float level = std::exp(sound.gain_db * kTenthOfLog10);
  for (std::size_t h = 0; h < static_cast<std::size_t>(heard.count); ++h) {
    beginning.hz[h] = heard.hz[h] * pitch;
    constexpr float kSofter = 2.5e-3F;  // -26 dB: it does not disturb the partial
    beginning.most[h] = kSofter * level * heard.power[h];
  }
  constexpr float kLeast = 1e-4F;  // -40 dB: the rest is not worth looking at
  beginning.least = kLeast * level * *std::max_element(heard.power.begin(), heard.power.end());
  constexpr float kSameTimeS = 0.3F;  // within which one is let go and the next begins
  std::erase_if(begun_, [&](Begun& begun) {
    const double elapsed_s = static_cast<double>(onset_samples - begun.onset_samples) / sample_rate_hz_;
    const auto since_end_s = static_cast<float>(elapsed_s) - std::exp(begun.sound.hold_log_s);
    if (std::abs(since_end_s) < kSameTimeS) go_on_from(begun, elapsed_s, beginning);
    return since_end_s > kSameTimeS;
  });
  begun_.push_back({sound, heard, beginning.turns, beginning.times, onset_samples});
  return beginning.turns;
}

}  // namespace ictus::synthesis
