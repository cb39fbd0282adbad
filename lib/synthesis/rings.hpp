// The powers of an event's partials, or of the regions of its noise, step after step: each dies away at a
// rate of its own, and the room answers what sounds.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "lib/synthesis/event_sound.hpp"

namespace ictus::synthesis {

inline constexpr float kLeastRoomDb = -55.0F;  ///< up to which a room is too weak to be computed
/// Power of the room's answer to a sound that is held, relative to it; 0 where it is too weak to be computed.
float room_level(const EventSound& sound);

class Rings {
 public:
  /// One ring each, kPartials at most, of these powers at the onset. `step_s` is the time between steps.
  /// Where they are seen through a window, its length; else 0.
  Rings(std::span<const float> power, std::span<const float> rate, std::span<const float> room_rate,
        float room_level, float step_s, float window_s);

  [[nodiscard]] int count() const { return count_; }
  /// To `elapsed_s` after the onset, where all have been multiplied by `common`, apart from their decay.
  /// `since_windows` is how many windows the middle of this one lies after the onset, `attack_windows` how
  /// long power rises.
  void advance(float common, float elapsed_s, float since_windows = 1.0F, float attack_windows = 0.0F);
  /// The powers there, with the room's.
  [[nodiscard]] const float* power() const { return power_.data(); }
  /// How fast the power of each ring rises, natural logarithms a second, where that of what it is multiplied
  /// by rises by `common`; `room_rate` are those of their rooms.
  void slopes(float common, std::span<const float> room_rate, std::span<float> out) const;
  /// Whether ring `i` will be louder than `least` once more, if it is multiplied by no more than `ceiling`
  /// from now on.
  [[nodiscard]] bool sounds(int i, float ceiling, float elapsed_s, float least) const;
  /// Puts ring `from` into the place of `to`.
  void move(int from, int to);
  void resize(int count);

 private:
  static constexpr std::size_t kPlaces = kPartials;  // a multiple of all widths of registers
  using Row = std::array<float, kPlaces>;

  int count_;
  float room_level_;
  float window_s_;
  Row lifted_{};  ///< start_, as a window wholly after the onset sees it
  Row start_{}, rate_{}, keep_{}, room_{}, power_{};
};

}  // namespace ictus::synthesis
