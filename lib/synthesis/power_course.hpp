// How loud one event by itself is over time, without its samples.
#pragma once

#include <cstddef>
#include <vector>

#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

/// What is heard within 93 ms. Powers are relative to those of a sine of full scale.
struct PowerMoment {
  float partials = 0.0F;
  float noise = 0.0F;
  float power_hz = 0.0F;  ///< both, each part of them times its frequency

  [[nodiscard]] float power() const { return partials + noise; }
};

/// Its moments, one every 1024 samples at 44.1 kHz from the onset on, until it is silent for good or
/// `most_seconds` are over; at least one. The gain of the event is not counted: it is as if it were 0 dB.
class PowerCourse {
 public:
  PowerCourse(const EventSound& sound, double most_seconds);

  static constexpr double kStepS = 1024.0 / 44100.0;

  [[nodiscard]] const std::vector<PowerMoment>& moments() const { return moments_; }
  /// The loudest of them.
  [[nodiscard]] std::size_t loudest() const { return loudest_; }
  /// The last that is less than `audible_db` below the loudest.
  [[nodiscard]] std::size_t last_within(double audible_db) const;
  /// Seconds after the onset from which on all is softer than that, between moments by decibels.
  [[nodiscard]] double end_s(double audible_db) const;
  /// Of all moments together, dB: that of a sine of full scale which lasts a second is 0.
  [[nodiscard]] double energy_db() const;

 private:
  std::vector<PowerMoment> moments_;
  std::size_t loudest_ = 0;
};

/// How much energy an event of 0 dB has, dB; of one that sounds on and on, what it has in 20 s.
double energy_db(const EventSound& sound);

}  // namespace ictus::synthesis
