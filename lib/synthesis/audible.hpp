// What of an event is heard, and for how long: the rest need not be computed.
#pragma once

#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/spectrum.hpp"

namespace ictus::synthesis {

/// What has become weaker than this, relative to the loudest part of the event as it began, is silent: -80
/// dB.
inline constexpr float kSilent = 1e-8F;

/// The partials that are heard beside the loudest: those less than 75 dB below it.
Partials heard_partials(const EventSound& sound);

/// How loud an event may still become. The attack, which takes away, and the decay of each part are not
/// counted.
class Ceiling {
 public:
  explicit Ceiling(const EventSound& sound);
  /// A factor of power that is not exceeded from then on; for times after the first point of the contour.
  [[nodiscard]] float after(float elapsed_s) const;

 private:
  EventSound highest_;  ///< with a contour that does not rise any more
};

}  // namespace ictus::synthesis
