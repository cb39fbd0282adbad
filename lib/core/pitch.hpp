// Keys and frequencies: equal temperament, A4 being 440 Hz and key 69, as MIDI counts.
#pragma once

#include <cmath>

namespace ictus {

/// Of any key, whole or between two.
inline double hz_of_key(double key) { return 440.0 * std::exp2((key - 69.0) / 12.0); }
inline double key_of_hz(double hz) { return 69.0 + 12.0 * std::log2(hz / 440.0); }

}  // namespace ictus
