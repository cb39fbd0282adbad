// Changes to training sound, in place, so that what is learned holds for more than that sound.
#pragma once

#include <random>
#include <vector>

namespace ictus::train {

double uniform(std::mt19937_64& random, double low, double high);
/// True for this share of all times.
bool chance(std::mt19937_64& random, double share);

/// Mean of the squares.
double power(const std::vector<float>& x);
float peak(const std::vector<float>& x);

/// White noise of this level (of mean square) through one pole, so that its spectrum falls from flat to as
/// -6 dB an octave.
void add_noise_floor(std::vector<float>& x, std::mt19937_64& random, double level);

/// Rumble: noise below some 10 to 60 Hz, as from wind, handling or a turntable, and a constant offset.
void add_rumble(std::vector<float>& x, std::mt19937_64& random, double level, int sample_rate_hz);

/// A shelf of up to `most_db` up or down below a corner from 200 Hz to 4 kHz.
void tilt(std::vector<float>& x, std::mt19937_64& random, int sample_rate_hz, double most_db);

/// One pole each: what lies above, or below, `corner_hz` becomes softer by 6 dB an octave.
void low_pass(std::vector<float>& x, double corner_hz, int sample_rate_hz);
void high_pass(std::vector<float>& x, double corner_hz, int sample_rate_hz);

/// A room: four combs that decay by 60 dB in `decay_s`, of lengths around 30 to 45 ms (Schroeder 1962,
/// "Natural sounding artificial reverberation"), `level` times as loud as the sound itself.
void add_room(std::vector<float>& x, std::mt19937_64& random, double decay_s, double level,
              int sample_rate_hz);

/// From `start_s` on the sound dies away, by 60 dB in `decay_s`.
void release(std::vector<float>& x, double start_s, double decay_s, int sample_rate_hz);

}  // namespace ictus::train
