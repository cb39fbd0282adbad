// The model: an event as power in bands. Powers of events add.
#pragma once

#include <memory>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

/// An event's power in the bands of a view. Frame 0 of a map is centred at time 0, to which the onset is
/// relative.
///
/// A partial is the main lobe of the window, placed at its exact frequency in every frame, as wide as its
/// pitch moves while the window lasts; noise is a density. Both follow the envelopes of time_course.hpp. What
/// is weaker than `least_power` is left out.
class EventPower {
 public:
  EventPower(const EventSound& sound, const BandView& view, int frames, float least_power);
  EventPower(EventPower&&) noexcept;
  EventPower& operator=(EventPower&&) noexcept;
  ~EventPower();

  /// It lies within the frames [begin, end).
  [[nodiscard]] int begin_frame() const;
  [[nodiscard]] int end_frame() const;

  /// Adds its power, times `scale`.
  void add_to(PowerMap& map, float scale = 1.0F) const;
  /// `slope` is the gradient by a map that add_to() has added to. Adds that by the sound.
  void add_gradient(const PowerMap& slope, EventSound& gradient) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace ictus::synthesis
