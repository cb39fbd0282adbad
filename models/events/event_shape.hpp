// What a vector stands for, in the decoder's terms.
#pragma once

#include "lib/dsp/torch_compat.hpp"

namespace ictus::models {

/// What a vector stands for, before it is placed in time. Any number of leading dimensions "..."
struct EventShape {
  torch::Tensor spectra;         ///< [..., 2, fine bands] power density; the first has mean square 1
  torch::Tensor attack;          ///< [..., attacks] weights of the learned attacks; they sum to 1
  torch::Tensor decay_rate;      ///< [..., 2, regions] of power, 1/s
  torch::Tensor crossfade_rate;  ///< [...] from the first spectrum to the second, 1/s
  torch::Tensor room_level;      ///< [..., regions] power of the room's answer
  torch::Tensor room_rate;       ///< [..., regions] decay of the room's power, 1/s
  torch::Tensor hold_seconds;    ///< [...] from the onset to the damper
  torch::Tensor damping_rate;    ///< [...] of power, 1/s, added to all decays from then on
  torch::Tensor contour;         ///< [..., contour points] log of power at each, see contour_seconds()

  /// The same of every tensor.
  template <typename F>
  [[nodiscard]] EventShape each(F f) const {
    return {f(spectra),   f(attack),       f(decay_rate),   f(crossfade_rate), f(room_level),
            f(room_rate), f(hold_seconds), f(damping_rate), f(contour)};
  }
  /// The same of every pair of tensors.
  template <typename F>
  [[nodiscard]] EventShape each_with(const EventShape& other, F f) const {
    return {f(spectra, other.spectra),
            f(attack, other.attack),
            f(decay_rate, other.decay_rate),
            f(crossfade_rate, other.crossfade_rate),
            f(room_level, other.room_level),
            f(room_rate, other.room_rate),
            f(hold_seconds, other.hold_seconds),
            f(damping_rate, other.damping_rate),
            f(contour, other.contour)};
  }
};

}  // namespace ictus::models
