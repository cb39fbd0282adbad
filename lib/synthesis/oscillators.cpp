#include "lib/synthesis/oscillators.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kPeriodsBetweenChecks = 16;
constexpr float kFadeFrom = 0.93F;  // of half the sample rate, towards which moving partials fade out

/// The nearest whole number, for up to 2^22.
inline float nearest(float x) {
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23
  return (x + kRound) - kRound;
}

/// sin(2 pi turns), off by 2e-7 at most; minimax for a polynomial that is 0 where the sine is.
inline float sine(float turns) {
  const float r = turns - nearest(turns);
  const float u = r * r;
  const float q = 6.2831826F + u * (-16.2086703F + u * (16.7609747F + u * (-9.5307998F + u * 3.0583273F)));
  return r * (1.0F - 4.0F * u) * q;
}

/// Adds a sine whose amplitude and frequency go in straight lines: at sample n its phase is `turns` + n
/// (`speed` + n `chirp`).
ICTUS_WIDE void add_sine(float turns, float speed, float chirp, float amplitude, float amplitude_step,
                         float* __restrict samples) {
  for (int n = 0; n < Oscillators::kPeriod; ++n) {
    const auto at = static_cast<float>(n);
    samples[n] += (amplitude + at * amplitude_step) * sine(turns + at * (speed + at * chirp));
  }
}

/// A power that rises in a straight line, as a factor of amplitude.
ICTUS_WIDE void apply_attack(float since_onset, float attack_samples, float* __restrict samples) {
  for (int n = 0; n < Oscillators::kPeriod; ++n) {
    const float power = (since_onset + static_cast<float>(n)) / attack_samples;
    samples[n] *= std::sqrt(power < 1.0F ? power : 1.0F);
  }
}

Rings rings_of(const Partials& partials, float level, float step_s) {
  const auto count = static_cast<std::size_t>(partials.count);
  return {std::span(partials.power).first(count), std::span(partials.rate).first(count),
          std::span(partials.room_rate).first(count), level, step_s};
}

}  // namespace

Oscillators::Oscillators(const EventSound& sound, int sample_rate_hz, float turn)
    : sound_(sound),
      ceiling_(sound),
      sample_rate_hz_(static_cast<float>(sample_rate_hz)),
      moves_(moves(sound)),
      attack_samples_(attack_s(sound.attack_log_s) * sample_rate_hz_),
      rings_({}, {}, {}, 0.0F, 0.0F) {
  const Partials partials = heard_partials(sound);
  rings_ = rings_of(partials, room_level(sound), static_cast<float>(kPeriod) / sample_rate_hz_);
  float sum = 0.0F;
  for (const float power : partials.power) sum += power;
  // Phases after Schroeder (1970), for which the wave is as flat as it can be with these powers; a random
  // choice has peaks that are 1 to 3 dB higher.
  double phase = turn;
  double step = 0.0;
  float loudest = 0.0F;
  for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h) {
    speed_[h] = partials.hz[h] / sample_rate_hz_;
    phase_[h] = phase - std::floor(phase);
    step += static_cast<double>(partials.power[h] / sum);
    phase -= step;
    loudest = std::max(loudest, partials.power[h]);
    fades_ = fades_ || moves_ || speed_[h] > 0.5F * kFadeFrom;
  }
  least_ = kSilent * loudest * std::exp(sound.gain_db * kTenthOfLog10);
  now_ = instant(0);
  rings_.advance(level(0.0F), 0.0F);
  find_amplitudes({0.0F, 0.0F, now_.pitch});
}

Oscillators::Instant Oscillators::instant(std::int64_t samples) const {
  const float elapsed_s =
      static_cast<float>(static_cast<double>(samples) / static_cast<double>(sample_rate_hz_));
  return {elapsed_s, std::min(static_cast<float>(samples) / attack_samples_, 1.0F),
          moves_ ? std::exp2(deviation_semitones(sound_, elapsed_s) / 12.0F) : 1.0F};
}

float Oscillators::level(float elapsed_s) const {
  return std::exp(sound_.gain_db * kTenthOfLog10 + course_log(sound_, elapsed_s));
}

/// The attack, which is nothing straight, is left out: apply_attack() follows it sample by sample.
void Oscillators::find_amplitudes(const Instant& now) {
  const float scale = now.attack > 0.0F ? 1.0F / now.attack : 1.0F;
  const float* power = rings_.power();
  for (std::size_t h = 0; h < static_cast<std::size_t>(rings_.count()); ++h)
    amplitude_[h] = std::sqrt(scale * power[h]);
  if (!fades_) return;
  for (std::size_t h = 0; h < static_cast<std::size_t>(rings_.count()); ++h)
    amplitude_[h] *= std::clamp((1.0F - 2.0F * speed_[h] * now.pitch) / (1.0F - kFadeFrom), 0.0F, 1.0F);
}

void Oscillators::drop_silent(float elapsed_s) {
  const float ceiling = ceiling_.after(elapsed_s);
  int kept = 0;
  for (int h = 0; h < rings_.count(); ++h) {
    if (!rings_.sounds(h, ceiling, elapsed_s, least_)) continue;
    if (kept != h) {
      rings_.move(h, kept);
      const auto from = static_cast<std::size_t>(h);
      const auto to = static_cast<std::size_t>(kept);
      speed_[to] = speed_[from];
      phase_[to] = phase_[from];
      amplitude_[to] = amplitude_[from];
    }
    ++kept;
  }
  rings_.resize(kept);
}

void Oscillators::render(std::array<float, kPeriod>& samples) {
  samples.fill(0.0F);
  const Row begin = amplitude_;
  const Instant next = instant(passed_ + kPeriod);
  rings_.advance(level(next.elapsed_s) * next.attack, next.elapsed_s);
  find_amplitudes(next);
  const float mean_pitch = 0.5F * (now_.pitch + next.pitch);
  const float pitch_step = (next.pitch - now_.pitch) / (2.0F * kPeriod);
  for (std::size_t h = 0; h < static_cast<std::size_t>(rings_.count()); ++h) {
    add_sine(static_cast<float>(phase_[h]), speed_[h] * now_.pitch, speed_[h] * pitch_step, begin[h],
             (amplitude_[h] - begin[h]) / kPeriod, samples.data());
    const double phase =
        phase_[h] + static_cast<double>(speed_[h]) * static_cast<double>(mean_pitch) * kPeriod;
    phase_[h] = phase - std::floor(phase);
  }
  if (now_.attack < 1.0F) apply_attack(static_cast<float>(passed_), attack_samples_, samples.data());
  passed_ += kPeriod;
  now_ = next;
  if (passed_ % (kPeriod * kPeriodsBetweenChecks) == 0 && now_.elapsed_s > contour_s(0))
    drop_silent(now_.elapsed_s);
}

}  // namespace ictus::synthesis
