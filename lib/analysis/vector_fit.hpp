// Fitting events as they will be written: by their 32 numbers, of which a network makes their sound.
#pragma once

#include <functional>
#include <vector>

#include "lib/analysis/adam.hpp"
#include "lib/analysis/distance_slopes.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::analysis {

struct VectorEvent {
  float onset_s = 0.0F;
  float gain_db = 0.0F;
  synthesis::EventVector vector{};
  bool is_placed = false;   ///< its onset is known and stays
  bool stands_out = false;  ///< a tone that nothing else says
  int proposal = -1;        ///< that it was begun from, of a list; -1: none
};

std::vector<synthesis::EventSound> sounds_of(const std::vector<VectorEvent>& events,
                                             const synthesis::TimbreNetwork& network);

/// The numbers for which the network's sound comes nearest to what was fitted freely, by its linear part
/// alone.
VectorEvent nearest_vector(const synthesis::EventSound& sound, const synthesis::TimbreNetwork& network);

struct FitSteps {
  int count;
  /// Frames of which a step looks at one. At the end four would leave 0.17 dB more error of loudness.
  int every = 2;
  float pace = 1.0F;                                             ///< how far steps go, as part of the usual
  std::function<void(std::vector<VectorEvent>&)> half_way = {};  ///< what is done to the events then, if any
};

/// Steps of descent on the numbers, as fit() does them on sounds.
float fit_vectors(std::vector<VectorEvent>& events, const synthesis::TimbreNetwork& network,
                  const Target& target, const PowerMaps& carried, const FitSteps& steps, int threads = 1);

/// The same for gains alone, when the other numbers are settled, on every second frame.
float fit_gains(std::vector<VectorEvent>& events, const synthesis::TimbreNetwork& network,
                const Target& target, const PowerMaps& carried, int steps);

/// Adam on the numbers of one event, for fitting and for training.
class NumberSteps {
 public:
  /// `sound` is the event's by the network, `by_sound` the gradient by it and `by_vector` that by the vector.
  /// With `motion`, glide and vibrato move where there are any.
  void move(VectorEvent& event, const synthesis::EventSound& sound, const synthesis::EventSound& by_sound,
            const synthesis::EventVector& by_vector, float pace, bool motion);

 private:
  Momentum<synthesis::kEventVectorSize + 2> momentum_;  ///< of the vector, the gain and the onset
};

}  // namespace ictus::analysis
