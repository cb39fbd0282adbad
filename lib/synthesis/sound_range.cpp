#include "lib/synthesis/sound_range.hpp"

#include <algorithm>
#include <cmath>

#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::synthesis {
const EventSound& lowest_sound() {
  static const EventSound lowest = sound_with([](EventSound& s) {
    s.onset_s = -1e9F;
    s.gain_db = -200.0F;
    s.pitch_octaves = std::log2(25.0F);
    s.balance_db = -40.0F;
    s.inharmonicity_log = std::log(1e-6F);
    s.glide_semitones = -14.0F;
    s.glide_log_s = std::log(0.02F);
    s.vibrato_semitones = -2.0F;
    s.vibrato_log_hz = std::log(3.0F);
    s.vibrato_turns = -1e9F;
    s.attack_log_s = std::log(0.001F);
    s.hold_log_s = std::log(0.02F);
    s.damping_log_rate = std::log(kDecay60 / 3.0F);
    s.room_db = -60.0F;
    s.room_log_s = std::log(0.1F);
    s.position = -1.0F;
    s.noise_attack_log_s = std::log(0.001F);
    s.decay_log_rate.fill(std::log(kDecay60 / 500.0F));
    s.noise_decay_log_rate.fill(std::log(kDecay60 / 500.0F));
    s.contour_db.fill(-30.0F);
    s.partials_db.fill(-100.0F);
    s.body_db.fill(-30.0F);
    s.noise_db.fill(-60.0F);
  });
  return lowest;
}

const EventSound& highest_sound() {
  static const EventSound highest = sound_with([](EventSound& s) {
    s.onset_s = 1e9F;
    s.gain_db = 60.0F;
    s.pitch_octaves = std::log2(10500.0F);
    s.balance_db = 60.0F;
    s.inharmonicity_log = std::log(3e-3F);
    s.glide_semitones = 14.0F;
    s.glide_log_s = std::log(3.0F);
    s.vibrato_semitones = 2.0F;
    s.vibrato_log_hz = std::log(9.0F);
    s.vibrato_turns = 1e9F;
    s.attack_log_s = std::log(1.0F);
    s.hold_log_s = std::log(12.0F);
    s.damping_log_rate = std::log(kDecay60 / 0.005F);
    s.room_db = 0.0F;
    s.room_log_s = std::log(6.0F);
    s.position = 1.0F;
    s.noise_attack_log_s = std::log(1.0F);
    s.decay_log_rate.fill(std::log(kDecay60 / 0.02F));
    s.noise_decay_log_rate.fill(std::log(kDecay60 / 0.02F));
    s.contour_db.fill(30.0F);
    s.partials_db.fill(40.0F);
    s.body_db.fill(30.0F);
    s.noise_db.fill(40.0F);
  });
  return highest;
}

void hold_in_range(EventSound& sound) {
  const auto numbers = numbers_of(sound);
  for (std::size_t i = 0; i < kSoundNumbers; ++i)
    numbers[i] = std::clamp(numbers[i], numbers_of(lowest_sound())[i], numbers_of(highest_sound())[i]);
}

void stop_at_range(const EventSound& held, EventSound& slope) {
  const auto by = numbers_of(slope);
  for (std::size_t i = 0; i < kSoundNumbers; ++i) {
    const bool at_low = numbers_of(held)[i] <= numbers_of(lowest_sound())[i];
    const bool at_high = numbers_of(held)[i] >= numbers_of(highest_sound())[i];
    if ((at_low && by[i] > 0.0F) || (at_high && by[i] < 0.0F)) by[i] = 0.0F;
  }
}

}  // namespace ictus::synthesis
