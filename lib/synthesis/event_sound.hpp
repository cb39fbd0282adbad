// What an event sounds like, in physical terms: partials and noise, how they begin, move, ring and end.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>

namespace ictus::synthesis {

inline constexpr int kPartials = 64;       ///< at most; those that would lie above 20 kHz are silent
inline constexpr int kPartialKnots = 16;   ///< of the envelope over a partial's number, see partial_knot()
inline constexpr int kSpectrumKnots = 18;  ///< of an envelope over frequency, see spectrum_knot_mel()
inline constexpr int kContourPoints = 6;   ///< in time, see contour_s()
inline constexpr int kDecayKnots = 4;      ///< over frequency, see decay_knot_mel()
inline constexpr int kNoiseDecayKnots = 2;

/// One event, all in single precision and nothing else, so that it is an array of numbers too: fitting moves
/// them, and a gradient has the same shape. What is positive and spans decades is kept as a natural
/// logarithm.
///
/// Powers are relative to those of a sine of full scale.
struct EventSound {
  float onset_s;
  float gain_db;            ///< power of partials and noise together as they begin, after the attack
  float pitch_octaves;      ///< log2 of the first partial's frequency in Hz, once a glide has arrived
  float balance_db;         ///< power of the partials against that of the noise
  float inharmonicity_log;  ///< B in f_h = h f_1 sqrt((1 + B h^2) / (1 + B))
  float glide_semitones;    ///< how far above its pitch the event begins
  float glide_log_s;  ///< after which it has arrived, in a straight line over the logarithm of frequency
  float vibrato_semitones;  ///< of pitch, from the middle to either side
  float vibrato_log_hz;
  float vibrato_turns;     ///< phase at the onset: 0 begins upwards, 0.5 downwards
  float attack_log_s;      ///< in which the power of the partials rises to its full, in a straight line
  float hold_log_s;        ///< from the onset until it is let go
  float damping_log_rate;  ///< of power from then on, 1/s
  float room_db;           ///< power of the room's answer to a sound that is held, against the sound's
  float room_log_s;        ///< in which the room dies away by 60 dB, at low frequencies
  float position;          ///< from -1, left, to 1, right
  float noise_attack_log_s;
  std::array<float, kDecayKnots> decay_log_rate;  ///< of the partials' power while they sound, 1/s
  std::array<float, kNoiseDecayKnots> noise_decay_log_rate;
  std::array<float, kContourPoints> contour_db;  ///< of both, relative to the onset
  std::array<float, kPartialKnots> partials_db;  ///< of a partial, by its number
  std::array<float, kSpectrumKnots> body_db;     ///< of a partial, by its frequency
  std::array<float, kSpectrumKnots> noise_db;    ///< of the noise's density, by frequency
};

inline constexpr std::size_t kSoundNumbers = sizeof(EventSound) / sizeof(float);
static_assert(std::is_trivially_copyable_v<EventSound> && std::is_standard_layout_v<EventSound>);

inline std::span<float, kSoundNumbers> numbers_of(EventSound& sound) {
  return std::span<float, kSoundNumbers>(&sound.onset_s, kSoundNumbers);
}
inline std::span<const float, kSoundNumbers> numbers_of(const EventSound& sound) {
  return std::span<const float, kSoundNumbers>(&sound.onset_s, kSoundNumbers);
}

/// A sound whose numbers are 0 but for those that `set` sets.
template <typename Set>
EventSound sound_with(Set set) {
  EventSound sound{};
  set(sound);
  return sound;
}

}  // namespace ictus::synthesis
