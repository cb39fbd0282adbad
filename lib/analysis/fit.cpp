#include "lib/analysis/fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "lib/analysis/adam.hpp"
#include "lib/analysis/distance_slopes.hpp"
#include "lib/synthesis/sound_range.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;
using synthesis::hold_in_range;
using synthesis::kDecay60;
using synthesis::kSoundNumbers;
using synthesis::numbers_of;

/// How far each number goes in a step at most.
const EventSound& step_sizes() {
  static const EventSound sizes = synthesis::sound_with([](EventSound& s) {
    s.onset_s = 0.011F;
    s.gain_db = 1.6F;
    s.pitch_octaves = 0.004F;
    s.balance_db = 6.4F;
    s.inharmonicity_log = 0.24F;
    s.glide_semitones = 0.08F;
    s.glide_log_s = 0.08F;
    s.vibrato_semitones = 0.048F;
    s.vibrato_log_hz = 0.016F;
    s.vibrato_turns = 0.032F;
    s.attack_log_s = 0.24F;
    s.hold_log_s = 0.16F;
    s.damping_log_rate = 0.24F;
    s.room_db = 1.6F;
    s.room_log_s = 0.16F;
    s.noise_attack_log_s = 0.24F;
    s.decay_log_rate.fill(0.24F);
    s.noise_decay_log_rate.fill(0.24F);
    s.contour_db.fill(1.6F);
    s.partials_db.fill(1.92F);
    s.body_db.fill(1.28F);
    s.noise_db.fill(1.92F);
  });
  return sizes;
}

constexpr std::size_t kPitch = offsetof(EventSound, pitch_octaves) / sizeof(float);
bool is_motion(std::size_t number) {
  static const EventSound motion = synthesis::sound_with([](EventSound& s) {
    s.glide_semitones = s.glide_log_s = s.vibrato_semitones = s.vibrato_log_hz = s.vibrato_turns = 1.0F;
  });
  return numbers_of(motion)[number] != 0.0F;
}

/// What nothing in the sound decides is drawn to where it says least: envelopes without bends, decays alike.
/// So fits of like sounds are alike. In dB of distance for each event, at one spread from the middle.
constexpr float kPrior = 0.002F;
constexpr float kLevelSpreadDb = 10.0F;
constexpr float kBendSpreadDb = 15.0F;
constexpr float kRateSpread = 1.0F;

template <std::size_t N>
void draw_to(float middle, float spread, const std::array<float, N>& values, std::array<float, N>& gradient) {
  for (std::size_t i = 0; i < N; ++i) gradient[i] += kPrior * (values[i] - middle) / (spread * spread);
}
template <std::size_t N>
void draw_together(float spread, const std::array<float, N>& values, std::array<float, N>& gradient) {
  for (std::size_t i = 0; i + 1 < N; ++i) {
    const float pull = kPrior * (values[i + 1] - values[i]) / (spread * spread);
    gradient[i + 1] += pull;
    gradient[i] -= pull;
  }
}

void add_prior(const EventSound& event, EventSound& gradient) {
  draw_to(0.0F, kLevelSpreadDb, event.body_db, gradient.body_db);
  draw_to(0.0F, kLevelSpreadDb, event.contour_db, gradient.contour_db);
  draw_together(kBendSpreadDb, event.partials_db, gradient.partials_db);
  draw_together(kBendSpreadDb, event.noise_db, gradient.noise_db);
  draw_together(kRateSpread, event.decay_log_rate, gradient.decay_log_rate);
  draw_together(kRateSpread, event.noise_decay_log_rate, gradient.noise_decay_log_rate);
  // Only the shape of these counts.
  draw_to(-20.0F, 3.0F * kLevelSpreadDb, event.partials_db, gradient.partials_db);
  draw_to(-20.0F, 3.0F * kLevelSpreadDb, event.noise_db, gradient.noise_db);
}

}  // namespace

int frames_for_one(std::size_t events) { return events <= 24 ? 2 : 4; }

EventSound plain_sound() {
  return synthesis::sound_with([](EventSound& s) {
    s.pitch_octaves = std::log2(220.0F);
    s.inharmonicity_log = std::log(2e-5F);
    s.glide_log_s = std::log(0.2F);
    s.vibrato_log_hz = std::log(5.5F);
    s.attack_log_s = std::log(0.01F);
    s.hold_log_s = std::log(6.0F);
    s.damping_log_rate = std::log(kDecay60 / 0.3F);
    s.room_db = -60.0F;
    s.room_log_s = std::log(0.8F);
    s.noise_attack_log_s = std::log(0.01F);
    s.decay_log_rate.fill(std::log(kDecay60 / 3.0F));
    s.noise_decay_log_rate.fill(std::log(kDecay60 / 1.0F));
  });
}

float fit(std::vector<EventSound>& events, const Target& target, const PowerMaps& carried, int steps) {
  const DistanceSlopes distance(target, carried, frames_for_one(events.size()), 1);
  std::vector<EventSound> slopes;
  std::vector<Momentum<kSoundNumbers>> momenta(events.size());
  for (int step = 0; step < steps; ++step) {
    distance.at(events, step, slopes);
    const float pace = cooled(step, steps);
    for (std::size_t e = 0; e < events.size(); ++e) {
      add_prior(events[e], slopes[e]);
      const bool moving = synthesis::moves(events[e]);
      const float most_pitch = pitch_step_octaves(events[e].pitch_octaves, step_sizes().pitch_octaves);
      const auto numbers = numbers_of(events[e]);
      momenta[e].add(numbers_of(slopes[e]));
      for (std::size_t i = 0; i < kSoundNumbers; ++i) {
        if (!moving && is_motion(i)) continue;
        const float size = i == kPitch ? most_pitch : numbers_of(step_sizes())[i];
        numbers[i] -= pace * size * momenta[e].direction(i);
      }
      hold_in_range(events[e]);
    }
  }
  return distance_of(events, target, carried);
}

}  // namespace ictus::analysis
