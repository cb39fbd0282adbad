// The phases with which the partials of events begin.
#pragma once

#include <array>
#include <cstdint>
#include <list>

#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/spectrum.hpp"

namespace ictus::synthesis {

/// Of each partial, in turns.
using Turns = std::array<double, kPartials>;

/// Phases after Schroeder (1970), for which the wave is as flat as it can be with these powers; `turn` is
/// added to all.
Turns flat_phases(const Partials& heard, float turn);

/// A partial that begins where an event is let go which has one at its frequency goes on with its phase: a
/// tone that is said in pieces is one tone, where else two would cancel each other while they overlap. It
/// goes on twice at most: so what sounds depends on what began kMemoryS before, and no more.
class StartingPhases {
 public:
  /// Of an event that goes on from another, which goes on from a third; each is held for 12 s at most.
  static constexpr double kMemoryS = 25.0;

  explicit StartingPhases(int sample_rate_hz) : sample_rate_hz_(sample_rate_hz) {}

  /// Those of an event's partials at its onset; events come in order of their onsets. `heard` are its
  /// partials. Those that go on from nothing have flat_phases().
  [[nodiscard]] Turns of(const EventSound& sound, const Partials& heard, std::int64_t onset_samples,
                         float turn);

 private:
  /// How often each partial has gone on.
  using Times = std::array<std::uint8_t, kPartials>;
  struct Begun {
    EventSound sound;
    Partials heard;
    Turns turns;
    Times times;
    std::int64_t onset_samples;
    double ahead_s = 0.0;  ///< of the phases of a pitch that stays, at moved_s
    double moved_s = 0.0;  ///< after the onset
  };
  /// Partials as they begin, and the loudest that each goes on from.
  struct Beginning {
    int count = 0;
    std::array<float, kPartials> hz{};  ///< rising
    float least = 0.0F;                 ///< power of what is worth going on from
    std::array<float, kPartials> most{};
    Turns turns{};
    Times times{};
  };

  static void move_on(Begun& begun, double elapsed_s);
  static void go_on_from(Begun& begun, double elapsed_s, Beginning& beginning);

  int sample_rate_hz_;
  std::list<Begun> begun_;  ///< from which others may go on
};

}  // namespace ictus::synthesis
