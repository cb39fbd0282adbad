// The partials and the noise of an event as it begins: frequencies, powers, rates of decay.
#pragma once

#include <array>
#include <span>

#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/spectrum_knots.hpp"

namespace ictus::synthesis {

/// Powers are shares of the event's: those of partials and noise sum to 1.
struct Partials {
  int count = 0;                             ///< the rest would lie above what can be heard
  std::array<float, kPartials> hz{};         ///< rising, without glide and vibrato
  std::array<float, kPartials> mel{};        ///< the same on the mel scale
  std::array<float, kPartials> power{};      ///< share of the event's power
  std::array<float, kPartials> rate{};       ///< decay of power, 1/s
  std::array<float, kPartials> room_rate{};  ///< decay of the room's power, 1/s
};
Partials partials_of(const EventSound& sound);

/// By what is in Partials.
struct PartialsGradient {
  std::array<float, kPartials> hz{};
  std::array<float, kPartials> power{};
  std::array<float, kPartials> rate{};
  std::array<float, kPartials> room_rate{};
};
/// Adds to the gradient by the sound that by its partials.
void add_partials_gradient(const EventSound& sound, const Partials& partials, const PartialsGradient& slope,
                           EventSound& gradient);

/// The share of an event's power that is its partials': 1 where there is no noise.
float partials_share(const EventSound& sound);

inline constexpr std::size_t kDensitySteps = 128;  ///< of the integral over the noise

/// Noise as a density over frequency. It is silent above 20 kHz.
class NoiseDensity {
 public:
  explicit NoiseDensity(const EventSound& sound);

  /// Shares of the event's power for each Hz.
  void at(std::span<const KnotPlace> places, std::span<float> density) const;
  /// `by_density[i]` is a slope by the density at `places[i]`.
  void add_gradient(const EventSound& sound, std::span<const KnotPlace> places,
                    std::span<const float> density, std::span<const float> by_density,
                    EventSound& gradient) const;

 private:
  void shapes(std::span<const KnotPlace> places, std::span<float> shape) const;

  std::array<float, kSpectrumKnots> level_;  ///< dB, the highest at 0
  std::array<float, kDensitySteps> part_;    ///< of the shape's area, at each step
  float share_ = 0.0F;                       ///< of the event's power
  float scale_ = 0.0F;
};

/// Room: how fast it dies away at a frequency, 1/s. Air and walls take high sound sooner.
float room_rate(float room_log_s, float hz);

}  // namespace ictus::synthesis
