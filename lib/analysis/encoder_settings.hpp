// What is asked of an encoder.
#pragma once

#include <limits>

#include "formats/quantise.hpp"

namespace ictus::analysis {

/// The least amplitude that counts as audible, at a sound's loudest moment: -60 dBFS.
inline constexpr float kLeastAudible = 1e-3F;

struct EncoderSettings {
  formats::EventCoding coding;  ///< see synthesis::event_coding()
  int channels = 1;             ///< or 2
  int threads = 1;              ///< that work together; the events do not depend on it
  int effort = 5;               ///< 0..9: time spent on refining the events, never bits
  /// Of the whole file. A sound of little more than a second, or less, may take what a second may in the
  /// blocks of its events alone. Where sound is audible there is an event, even if it takes more.
  double most_bits_per_second = std::numeric_limits<double>::infinity();
  double other_bits = 0.0;  ///< of the file, besides its blocks of events
  double most_events_per_second = std::numeric_limits<double>::infinity();  ///< of each hop, and of the whole
  double most_events = std::numeric_limits<double>::infinity();             ///< of the whole
  /// A hop has no more events than bring its window as near as this, by one or the other.
  float enough_left_db = -std::numeric_limits<float>::infinity();  ///< Target::convergence(), as a level
  float enough_distance_db = 0.0F;
};

}  // namespace ictus::analysis
