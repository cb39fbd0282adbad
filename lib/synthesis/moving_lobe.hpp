// What a window sees of a sine whose frequency moves while it lasts.
#pragma once

#include <array>
#include <cstddef>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

inline constexpr float kSemitoneLog = 0.0577622650F;  ///< natural logarithm of a semitone's ratio

/// A window sees a pitch that moves at three places, each as wide as the way from one border to the next.
struct Motion {
  static constexpr std::size_t kParts = 3;
  static constexpr std::array<float, kParts + 1> kBorders{-0.2625F, -0.0875F, 0.0875F,
                                                          0.2625F};             // of the window
  static constexpr std::array<float, kParts> kWeights{0.278F, 0.444F, 0.278F};  // of its square, in between

  std::array<float, kParts + 1> factor{};     ///< of frequency, at each border
  std::array<float, kParts + 1> elapsed_s{};  ///< of each border
};
/// Whether a window centred `elapsed_s` after the onset still sees the pitch move: a glide arrives, vibrato
/// never ends.
bool moves_at(const EventSound& sound, float elapsed_s, float window_s);
Motion motion_at(const EventSound& sound, float elapsed_s, float window_s);

/// One part of a lobe that moves.
struct MovingPart {
  float weight;            ///< of the whole's power
  std::size_t begin, end;  ///< borders
  float at, width;         ///< bins
  float turn;              ///< how the width grows as the later border moves up; 0 where it is held
  int first, last;         ///< bins that it reaches
};
/// The parts of a partial that is at `bins` where it rests; a single one in a window so short that no bend of
/// its way counts.
class MovingParts {
 public:
  MovingParts(float bins, const Motion& motion, const BandView& view);
  [[nodiscard]] const MovingPart* begin() const { return parts_.data(); }
  [[nodiscard]] const MovingPart* end() const { return parts_.data() + count_; }

 private:
  std::array<MovingPart, Motion::kParts> parts_;
  std::size_t count_ = 0;
};

}  // namespace ictus::synthesis
