#include "lib/synthesis/oscillators.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "lib/core/wide.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kPeriodsBetweenChecks = 16;
constexpr float kFadeFrom = 0.93F;  // of half the sample rate, towards which moving partials fade out

/// The nearest whole number, for up to 2^51.
inline double nearest(double x) {
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52
  return (x + kRound) - kRound;
}

/// Adds a sine whose amplitude and frequency go in straight lines: at sample n its phase is `turns` + n
/// (`speed`
/// + n `chirp`).
ICTUS_WIDE void add_moving(float turns, float speed, float chirp, float amplitude, float amplitude_step,
                           float* __restrict samples) {
  for (int n = 0; n < Oscillators::kPeriod; ++n) {
    const auto at = static_cast<float>(n);
    samples[n] += (amplitude + at * amplitude_step) * wide_sine(turns + at * (speed + at * chirp));
  }
}

/// Adds sines that keep their frequencies. Each is turned to its phase over two vectors' length, from where
/// it goes on by the recurrence of a sine, for so few steps that nothing is lost.
ICTUS_WIDE void add_steady(const SteadySine* sines, const float* from, const float* to,
                           const float* phase_sine, const float* phase_cosine, std::size_t count,
                           float* __restrict samples) {
  constexpr int kLanes = SteadySine::kLanes;
  static_assert(4 * kLanes == Oscillators::kPeriod);
  for (std::size_t h = 0; h < count; ++h) {
    const SteadySine& sine_of = sines[h];
    const float s = phase_sine[h];
    const float c = phase_cosine[h];
    const float step = (to[h] - from[h]) / Oscillators::kPeriod;
    const float amplitude = from[h];
    for (int j = 0; j < kLanes; ++j) {
      const float first = s * sine_of.cosine[j] + c * sine_of.sine[j];
      const float second = s * sine_of.cosine[kLanes + j] + c * sine_of.sine[kLanes + j];
      const float third = sine_of.twice_cosine * second - first;
      const float fourth = sine_of.twice_cosine * third - second;
      const float a = amplitude + step * static_cast<float>(j);
      samples[j] += a * first;
      samples[kLanes + j] += (a + kLanes * step) * second;
      samples[2 * kLanes + j] += (a + 2 * kLanes * step) * third;
      samples[3 * kLanes + j] += (a + 3 * kLanes * step) * fourth;
    }
  }
}

ICTUS_WIDE void sines_of(const double* turns, std::size_t count, float* __restrict sines,
                         float* __restrict cosines) {
  for (std::size_t h = 0; h < count; ++h) {
    const auto phase = static_cast<float>(turns[h]);
    sines[h] = wide_sine(phase);
    cosines[h] = wide_sine(phase + 0.25F);
  }
}

ICTUS_WIDE void advance_phases(const float* speed, double periods, std::size_t count,
                               double* __restrict turns) {
  for (std::size_t h = 0; h < count; ++h) {
    const double phase = turns[h] + static_cast<double>(speed[h]) * periods;
    turns[h] = phase - nearest(phase);
  }
}

ICTUS_WIDE void roots_of(const float* power, float scale, std::size_t count, float* __restrict amplitude) {
  for (std::size_t h = 0; h < count; ++h) amplitude[h] = std::sqrt(scale * power[h]);
}

SteadySine steady_sine(float speed) {
  SteadySine result;
  const double angle = 2.0 * std::numbers::pi * static_cast<double>(speed);
  const double cosine = std::cos(angle);
  const double sine = std::sin(angle);
  double re = 1.0;
  double im = 0.0;
  for (std::size_t j = 0; j < result.sine.size(); ++j) {
    if (j == SteadySine::kLanes) result.twice_cosine = static_cast<float>(2.0 * re);
    result.cosine[j] = static_cast<float>(re);
    result.sine[j] = static_cast<float>(im);
    const double turned = re * cosine - im * sine;
    im = re * sine + im * cosine;
    re = turned;
  }
  return result;
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
  return {std::span(partials.power).first(count),
          std::span(partials.rate).first(count),
          std::span(partials.room_rate).first(count),
          level,
          step_s,
          0.0F};
}

}  // namespace

Oscillators::Oscillators(const EventSound& sound, const Partials& heard, int sample_rate_hz,
                         const Turns& turns)
    : sound_(sound),
      ceiling_(sound),
      sample_rate_hz_(static_cast<float>(sample_rate_hz)),
      moves_(moves(sound)),
      attack_samples_(attack_s(sound.attack_log_s) * sample_rate_hz_),
      rings_(rings_of(heard, room_level(sound), static_cast<float>(kPeriod) / sample_rate_hz_)),
      turns_(turns) {
  float loudest = 0.0F;
  for (std::size_t h = 0; h < static_cast<std::size_t>(heard.count); ++h) {
    speed_[h] = heard.hz[h] / sample_rate_hz_;
    if (!moves_) steady_.push_back(steady_sine(speed_[h]));
    loudest = std::max(loudest, heard.power[h]);
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

double Oscillators::lead_samples(std::int64_t periods) const {
  double lead = 0.0;
  if (!moves_) return lead;
  auto before = static_cast<double>(instant(0).pitch);
  for (std::int64_t period = 1; period <= periods; ++period) {
    const auto after = static_cast<double>(instant(period * kPeriod).pitch);
    lead += kPeriod * (0.5 * (before + after) - 1.0);
    before = after;
  }
  return lead;
}

float Oscillators::level(float elapsed_s) const {
  return std::exp(sound_.gain_db * kTenthOfLog10 + course_log(sound_, elapsed_s));
}

/// The attack, which is nothing straight, is left out: apply_attack() follows it sample by sample.
void Oscillators::find_amplitudes(const Instant& now) {
  const float scale = now.attack > 0.0F ? 1.0F / now.attack : 1.0F;
  roots_of(rings_.power(), scale, static_cast<std::size_t>(rings_.count()), amplitude_.data());
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
      turns_[to] = turns_[from];
      if (!moves_) steady_[to] = steady_[from];
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
  const auto count = static_cast<std::size_t>(rings_.count());
  if (moves_) {
    const float pitch_step = (next.pitch - now_.pitch) / (2.0F * kPeriod);
    for (std::size_t h = 0; h < count; ++h)
      add_moving(static_cast<float>(turns_[h]), speed_[h] * now_.pitch, speed_[h] * pitch_step, begin[h],
                 (amplitude_[h] - begin[h]) / kPeriod, samples.data());
  } else {
    Row sines;
    Row cosines;
    sines_of(turns_.data(), count, sines.data(), cosines.data());
    add_steady(steady_.data(), begin.data(), amplitude_.data(), sines.data(), cosines.data(), count,
               samples.data());
  }
  advance_phases(speed_.data(),
                 0.5 * kPeriod * (static_cast<double>(now_.pitch) + static_cast<double>(next.pitch)), count,
                 turns_.data());
  if (now_.attack < 1.0F) apply_attack(static_cast<float>(passed_), attack_samples_, samples.data());
  passed_ += kPeriod;
  now_ = next;
  if (passed_ % (kPeriod * kPeriodsBetweenChecks) == 0 && now_.elapsed_s > contour_s(0))
    drop_silent(now_.elapsed_s);
}

}  // namespace ictus::synthesis
