// Where the envelopes of an event have their knots, and how they run between them: straight, in decibels or
// logarithms, and level beyond the first and the last.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <span>

#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

inline constexpr float kTenthOfLog10 = 0.230258509F;  ///< natural logarithm of a power, for each dB

inline constexpr float kDecay60 = 13.8155106F;  ///< natural logarithm of 60 dB of power

/// The mel scale of O'Shaughnessy (Speech Communication, 1987).
inline float mel_of(float hz) { return 1127.01048F * std::log1p(hz / 700.0F); }
inline float hz_of(float mel) { return 700.0F * std::expm1(mel / 1127.01048F); }
/// Its slope, mel for each Hz.
inline float mel_slope(float hz) { return 1127.01048F / (700.0F + hz); }

/// A place between two knots: the lower one, and how far it is from there to the next.
struct KnotPlace {
  int low;
  float part;    ///< 0..1
  float inside;  ///< 1, or 0 where the place is held at an end and does not move
};

/// `at` counts knots from 0 to `knots` - 1.
inline KnotPlace knot_place(float at, int knots) {
  const float last = static_cast<float>(knots - 1);
  const float held = at > 0.0F ? std::min(at, last) : 0.0F;
  const int low = std::min(static_cast<int>(held), knots - 2);
  return {low, held - static_cast<float>(low), at > 0.0F && at < last ? 1.0F : 0.0F};
}

template <std::size_t N>
float value_at(const std::array<float, N>& knots, const KnotPlace& place) {
  const float low = knots[static_cast<std::size_t>(place.low)];
  return low + place.part * (knots[static_cast<std::size_t>(place.low) + 1] - low);
}

/// Adds `slope`, a gradient by a value, to that by its two knots.
template <std::size_t N>
void spread(std::array<float, N>& gradient, const KnotPlace& place, float slope) {
  gradient[static_cast<std::size_t>(place.low)] += (1.0F - place.part) * slope;
  gradient[static_cast<std::size_t>(place.low) + 1] += place.part * slope;
}

/// Numbers of partials at which their envelope has its knots; straight over the logarithm of the number.
inline constexpr std::array<float, kPartialKnots> kPartialKnotNumbers{1,  2,  3,  4,  5,  6,  7,  8,
                                                                      10, 12, 15, 19, 24, 32, 44, 64};
/// Where partial `number`, from 1 on, lies among them.
KnotPlace partial_place(int number);

inline constexpr float kLowestKnotHz = 30.0F;
inline constexpr float kHighestHz = 20000.0F;
/// Envelopes over frequency have their knots at equal distances in mel from 30 Hz to 20 kHz.
inline float spectrum_knots_for_mel() {
  return static_cast<float>(kSpectrumKnots - 1) / (mel_of(kHighestHz) - mel_of(kLowestKnotHz));
}
inline KnotPlace spectrum_place_of_mel(float mel) {
  static const float per_mel = spectrum_knots_for_mel();
  static const float lowest = mel_of(kLowestKnotHz);
  return knot_place((mel - lowest) * per_mel, kSpectrumKnots);
}
inline KnotPlace spectrum_place(float hz) { return spectrum_place_of_mel(mel_of(hz)); }

/// Rates of decay have theirs at 100, 700, 2500 and 8000 Hz for partials, 300 and 5000 Hz for noise; between
/// them they are straight in mel.
KnotPlace decay_place_of_mel(float mel);
KnotPlace noise_decay_place(float hz);
/// How fast the rates of partials change there, for each mel; 0 beyond the first and last knot.
float decay_slope(const std::array<float, kDecayKnots>& log_rates, const KnotPlace& place);

/// Seconds after the onset of a point of a contour, which is 0 dB at the onset and straight between points.
inline constexpr float contour_s(int point) { return 0.1F * static_cast<float>(1 << point); }

}  // namespace ictus::synthesis
