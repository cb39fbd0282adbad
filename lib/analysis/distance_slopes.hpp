// Which way each number of each event is to move so that all of them come closer to a sound.
#pragma once

#include <vector>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// Power of events, added to what else is explained already. What is far weaker than `peak` is left out.
PowerMaps explained_by(const std::vector<synthesis::EventSound>& events, const PowerMaps& carried,
                       float peak);
/// How far events and what is carried are from the target, dB, by every second frame.
float distance_of(const std::vector<synthesis::EventSound>& events, const Target& target,
                  const PowerMaps& carried);

/// Gradients of the distance. Steps look at one frame in `every`, 2 or 4, in turns at all of them. Events are
/// shared out among `threads`; what comes of them does not depend on how many there are.
class DistanceSlopes {
 public:
  /// `target` is one of views().
  DistanceSlopes(const Target& target, const PowerMaps& carried, int every, int threads);

  /// Writes the gradient by each event; returns the distance over the frames of this step.
  float at(const std::vector<synthesis::EventSound>& events, int step,
           std::vector<synthesis::EventSound>& slopes) const;

 private:
  struct Part {
    PowerMaps carried;
    Target target;
    float shift_s;
  };
  int every_;
  std::vector<Part> parts_;  ///< in the order of steps
  std::size_t threads_;
};

/// The most that a step may move a pitch, so that it does not leap over its own lobe.
float pitch_step_octaves(float pitch_octaves, float most_octaves);

}  // namespace ictus::analysis
