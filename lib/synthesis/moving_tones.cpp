#include "lib/synthesis/moving_tones.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include "lib/core/wide.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_loops.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kReach = 8;  // bins of a lobe to either side
constexpr int kLobeBins = 2 * kReach;
constexpr int kSteps = 256;  // places of a lobe between two bins
constexpr int kFramesBetweenChecks = 8;
/// Of an attack, made sample by sample; what is left of a longer one is slow enough for frames.
constexpr float kMostAttackS = 0.006F;
/// Radians that a phase bends by within a window, times 4: up to where frames follow, and up to where they do
/// well enough under a projection.
constexpr float kFollowedBend = 40.0F;
constexpr float kMostBend = 120.0F;
constexpr float kFadeFrom = 0.93F;  // of half the sample rate, towards which partials fade out

/// The window of Blackman and Harris with four terms, whose lobe is narrow and alone.
constexpr std::array<double, 4> kTerms{0.35875, 0.48829, 0.14128, 0.01168};

double window_at(double x) {
  double sum = 0.0;
  for (std::size_t m = 0; m < kTerms.size(); ++m)
    sum += kTerms[m] * std::cos(2.0 * std::numbers::pi * static_cast<double>(m) * x);
  return sum;
}

/// Its transform, for a window of length 1.
double response(double bins) {
  const double d = bins + 1e-7;  // nowhere to divide by 0
  double sum = 0.0;
  double sign = 0.5;
  for (std::size_t m = 0; m < kTerms.size(); ++m) {
    const auto at = static_cast<double>(m);
    sum += sign * kTerms[m] * (1.0 / (d - at) + 1.0 / (d + at));
    sign = -sign;
  }
  return std::sin(std::numbers::pi * d) / std::numbers::pi * sum;
}

/// Lobes between bins, and what a phase that bends adds to them: the transform of the window times the square
/// of time.
struct Lobes {
  struct Row {
    std::array<float, kLobeBins> straight, bent;
  };
  std::array<Row, kSteps> rows;

  Lobes() {
    constexpr int kEnd = (kReach + 2) * kSteps;
    std::vector<double> fine;
    for (int i = -kEnd; i <= kEnd; ++i) fine.push_back(response(static_cast<double>(i) / kSteps));
    constexpr int kApart = kSteps / 16;
    const double scale = 0.5 * MovingTones::kWindow;
    for (int step = 0; step < kSteps; ++step) {
      for (int j = 0; j < kLobeBins; ++j) {
        const int i = kEnd + (j - kReach + 1) * kSteps - step;
        const auto at = [&fine](int place) { return fine[static_cast<std::size_t>(place)]; };
        const double curve = (at(i + kApart) - 2.0 * at(i) + at(i - kApart)) * 16.0 * 16.0;
        Row& row = rows[static_cast<std::size_t>(step)];
        row.straight[static_cast<std::size_t>(j)] = static_cast<float>(scale * at(i));
        row.bent[static_cast<std::size_t>(j)] =
            static_cast<float>(-scale * curve / (4.0 * std::numbers::pi * std::numbers::pi));
      }
    }
  }
};

const Lobes& lobes() {
  static const Lobes table;
  return table;
}

/// What there is of each partial in a frame.
struct Part {
  std::array<float, kPartials> in, across;  // amplitude times sine and cosine of the phase
  std::array<float, kPartials> place;       // bins
};

ICTUS_WIDE void parts_of(const double* turns, const float* speed, const float* power, double passed,
                         float pitch, std::size_t count, Part& part) {
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52
  std::array<float, kPartials> phase;
  for (std::size_t h = 0; h < count; ++h) {
    const double whole = turns[h] + static_cast<double>(speed[h]) * passed;
    phase[h] = static_cast<float>(whole - ((whole + kRound) - kRound));
  }
  for (std::size_t h = 0; h < count; ++h) {
    const float relative = speed[h] * pitch;
    float fade = (1.0F - 2.0F * relative) / (1.0F - kFadeFrom);
    fade = fade < 0.0F ? 0.0F : (fade > 1.0F ? 1.0F : fade);
    const float amplitude = fade * std::sqrt(power[h]);
    part.in[h] = amplitude * wide_sine(phase[h]);
    part.across[h] = amplitude * wide_sine(phase[h] + 0.25F);
    part.place[h] = relative * MovingTones::kWindow;
  }
}

ICTUS_WIDE void add_lobe(const Lobes::Row& row, float in, float across, float bend, float* __restrict re,
                         float* __restrict im) {
  for (int i = 0; i < kLobeBins; ++i) {
    const float straight = row.straight[static_cast<std::size_t>(i)];
    const float bent = bend * row.bent[static_cast<std::size_t>(i)];
    re[i] += in * straight + across * bent;
    im[i] += in * bent - across * straight;
  }
}

}  // namespace

MovingTones::MovingTones(int sample_rate_hz, int channels)
    : sample_rate_hz_(sample_rate_hz),
      fourier_(kWindow),
      spectrum_(kWindow),
      lobes_(static_cast<std::size_t>(channels), Spectrum(kWindow + 4 * kLobeBins)),
      frame_(kWindow),
      sum_(static_cast<std::size_t>(channels)),
      openings_(sum_.size()) {
  for (int i = 0; i < 2 * kHop; ++i) {
    const double x = static_cast<double>(i - kHop) / kWindow;
    shape_.push_back(static_cast<float>((1.0 - std::abs(x) * kWindow / kHop) / window_at(x)));
  }
}

bool MovingTones::can_make(const EventSound& sound, const Partials& heard) const {
  if (heard.count == 0) return true;
  const auto rate_hz = static_cast<float>(sample_rate_hz_);
  // Of the logarithm of frequency, for each second.
  const float swing = std::exp(sound.vibrato_log_hz) * 6.2831853F * std::abs(sound.vibrato_semitones);
  const float glide = std::abs(sound.glide_semitones) * std::exp(-sound.glide_log_s);
  const float highest_hz = std::min(heard.hz[static_cast<std::size_t>(heard.count) - 1], 0.5F * rate_hz);
  const float hz_per_s = highest_hz * (swing + glide) / 17.3F;
  return std::numbers::pi_v<float> * hz_per_s * (kWindow / rate_hz) * (kWindow / rate_hz) < kMostBend;
}

void MovingTones::add(const EventSound& sound, const Partials& heard, std::int64_t onset_samples,
                      const Turns& turns) {
  const auto count = static_cast<std::size_t>(heard.count);
  Oscillators opening(sound, heard, sample_rate_hz_, turns);
  if (!opening.sounds()) return;
  const auto rate_hz = static_cast<float>(sample_rate_hz_);
  Event event{sound,
              Ceiling(sound),
              opening,
              Rings(std::span(heard.power).first(count), std::span(heard.rate).first(count),
                    std::span(heard.room_rate).first(count), room_level(sound), kHop / rate_hz, 0.0F),
              {},
              {opening.turns().begin(), opening.turns().end()},
              pan_gains(sound.position, static_cast<int>(sum_.size())),
              0.0F,
              onset_samples,
              onset_samples,
              0,
              (onset_samples + kHop - 1) / kHop};
  for (std::size_t h = 0; h < count; ++h) {
    event.speed.push_back(heard.hz[h] / rate_hz);
    event.least = std::max(event.least, heard.power[h]);
  }
  event.least *= kSilent * std::exp(sound.gain_db * kTenthOfLog10);
  const float exact_s = std::min(attack_s(sound.attack_log_s), kMostAttackS);
  event.first_frame = (onset_samples + static_cast<std::int64_t>(exact_s * rate_hz) + 2 * kHop - 1) / kHop;
  events_.push_back(std::move(event));
}

/// Up to the middle of the first frame, to which it fades out.
void MovingTones::add_opening(Event& event, std::int64_t end, std::vector<std::vector<float>>& channels) {
  const std::int64_t last = event.first_frame * kHop;
  std::array<float, Oscillators::kPeriod> period;
  for (; event.next_opening < std::min(end, last); event.next_opening += Oscillators::kPeriod) {
    event.opening.render(period);
    for (std::size_t i = 0; i < period.size(); ++i) {
      const std::int64_t left = last - event.next_opening - static_cast<std::int64_t>(i);
      if (left < kHop) period[i] *= static_cast<float>(std::max<std::int64_t>(left, 0)) / kHop;
    }
    for (std::size_t c = 0; c < channels.size(); ++c)
      add_scaled(period.data(), event.gains[c], Oscillators::kPeriod,
                 channels[c].data() + (event.next_opening - rendered_));
  }
}

bool MovingTones::is_masked(const Event& event, std::size_t partial, float hz, const Masking& masking) const {
  for (std::size_t c = 0; c < lobes_.size(); ++c)
    if (event.gains[c] * event.gains[c] * event.rings.power()[partial] >= masking.masked_tone(c, hz))
      return false;
  return true;
}

void MovingTones::add_frame(Event& event, std::int64_t frame, const Masking& masking) {
  const auto rate_hz = static_cast<double>(sample_rate_hz_);
  const auto at = static_cast<double>(frame * kHop - event.onset_samples);
  const auto pitch_at = [&](double samples) {
    return std::exp2(deviation_semitones(event.sound, static_cast<float>(samples / rate_hz)) / 12.0F);
  };
  // Simpson's rule, over what has passed since the frame before.
  const double step = at - event.passed_at;
  const float before = pitch_at(event.passed_at);
  const float between = pitch_at(at - 0.5 * step);
  const float pitch = pitch_at(at);
  event.passed += step / 6.0 * static_cast<double>(before + 4.0F * between + pitch);
  event.passed_at = at;
  const auto elapsed_s = static_cast<float>(at / rate_hz);
  const float attack = std::min(elapsed_s / attack_s(event.sound.attack_log_s), 1.0F);
  event.rings.advance(
      attack * std::exp(event.sound.gain_db * kTenthOfLog10 + course_log(event.sound, elapsed_s)), elapsed_s);
  event.next_frame = frame + 1;
  if (frame < event.first_frame) return;
  const auto count = static_cast<std::size_t>(event.rings.count());
  Part part;
  parts_of(event.turns.data(), event.speed.data(), event.rings.power(), event.passed, pitch, count, part);
  const float pitch_slope = (pitch_at(at + 0.25 * kHop) - pitch_at(at - 0.25 * kHop)) / (0.5F * kHop);
  const Lobes& table = lobes();
  const float bin_hz = static_cast<float>(sample_rate_hz_) / kWindow;
  for (std::size_t h = 0; h < count; ++h) {
    const float place = part.place[h];
    if (place >= 0.5F * kWindow) continue;
    if (is_masked(event, h, place * bin_hz, masking)) continue;
    const float bend = std::clamp(
        std::numbers::pi_v<float> * event.speed[h] * pitch_slope * static_cast<float>(kWindow) * kWindow,
        -kFollowedBend, kFollowedBend);
    auto steps = static_cast<int>(place * kSteps + 0.5F);
    const int bin = steps / kSteps;
    steps -= bin * kSteps;
    const Lobes::Row& row = table.rows[static_cast<std::size_t>(steps)];
    const int first = bin + 1;  // room for kReach below 0 comes first
    for (std::size_t c = 0; c < lobes_.size(); ++c)
      add_lobe(row, event.gains[c] * part.in[h], event.gains[c] * part.across[h], bend,
               lobes_[c].re.data() + first, lobes_[c].im.data() + first);
  }
  sounds_ = true;
  if (frame % kFramesBetweenChecks == 0 && elapsed_s > contour_s(0)) drop_silent(event, elapsed_s);
}

void MovingTones::drop_silent(Event& event, float elapsed_s) {
  const float ceiling = event.ceiling.after(elapsed_s);
  int kept = 0;
  for (int h = 0; h < event.rings.count(); ++h) {
    if (!event.rings.sounds(h, ceiling, elapsed_s, event.least)) continue;
    event.rings.move(h, kept);
    const auto from = static_cast<std::size_t>(h);
    const auto to = static_cast<std::size_t>(kept);
    event.speed[to] = event.speed[from];
    event.turns[to] = event.turns[from];
    ++kept;
  }
  event.rings.resize(kept);
}

/// What is in lobes_ becomes samples around the middle of a frame.
void MovingTones::add_samples(std::int64_t frame) {
  for (std::size_t c = 0; c < lobes_.size(); ++c) {
    Spectrum& lobes = lobes_[c];
    const std::size_t zero = kReach;
    for (std::size_t k = 0; k < spectrum_.re.size(); ++k) {
      // The middle of the window is where a phase is meant; transforms count from its beginning.
      const float sign = k % 2 == 0 ? 1.0F : -1.0F;
      spectrum_.re[k] = sign * lobes.re[zero + k];
      spectrum_.im[k] = sign * lobes.im[zero + k];
    }
    // What a low partial has below 0, its image has above.
    for (std::size_t k = 0; k <= kReach; ++k) {
      const float sign = k % 2 == 0 ? 1.0F : -1.0F;
      spectrum_.re[k] += sign * lobes.re[zero - k];
      spectrum_.im[k] -= sign * lobes.im[zero - k];
    }
    spectrum_.im.back() = 0.0F;
    lobes.clear();
    fourier_.inverse(spectrum_, frame_);
    add_product(frame_.data() + kWindow / 2 - kHop, shape_.data(), 2 * kHop,
                sum_[c].data() + (frame * kHop - rendered_));
  }
  sounds_ = false;
}

void MovingTones::render(int count, std::vector<std::vector<float>>& channels, const Masking& masking) {
  const std::int64_t end = rendered_ + count;
  for (std::size_t c = 0; c < sum_.size(); ++c) {
    sum_[c].resize(static_cast<std::size_t>(count) + 2 * kHop);
    openings_[c].resize(static_cast<std::size_t>(count) + Oscillators::kPeriod);
  }
  for (Event& event : events_) add_opening(event, end, openings_);
  for (; next_frame_ * kHop <= end; ++next_frame_) {
    for (Event& event : events_)
      while (event.next_frame <= next_frame_ && event.rings.count() > 0)
        add_frame(event, event.next_frame, masking);
    if (sounds_) add_samples(next_frame_);
  }
  std::erase_if(events_, [](const Event& event) { return event.rings.count() == 0; });
  rendered_ = end;
  for (std::size_t c = 0; c < sum_.size(); ++c) {
    const std::ptrdiff_t rest = count;
    add_scaled(sum_[c].data() + kHop, 1.0F, count, channels[c].data());
    add_scaled(openings_[c].data(), 1.0F, count, channels[c].data());
    for (std::vector<float>* samples : {&sum_[c], &openings_[c]}) {
      std::copy(samples->begin() + rest, samples->end(), samples->begin());
      std::fill(samples->end() - rest, samples->end(), 0.0F);
    }
  }
}

}  // namespace ictus::synthesis
