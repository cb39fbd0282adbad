// How loud an event is at any moment, in every region of frequency: attack, resonances that give way
// to each other and decay, contour, damper, room.
#pragma once

#include "models/events/event_shape.hpp"

namespace ictus::models {

/// Seconds after the onset of a point of a contour: 0.1, 0.2, 0.4, ... The logarithm of power runs straight
/// from 0 at the onset to the first point, from point to point, and stays where it is after the last.
inline double contour_seconds(int point) { return 0.1 * static_cast<double>(1 << point); }

/// The moments at which envelopes are read, and the attacks as windows of that view see them.
struct EnvelopeFrames {
  std::int64_t count;
  int hop_samples;
  int window_samples;
  int sample_rate_hz;
  int attack_step_samples;
  torch::Tensor
      attacks;  ///< [attacks, steps] windowed power envelopes, the onset half a window from the start
  torch::Tensor room_start;  ///< [steps] the same of a step, at which a room begins to answer
};

/// Power envelopes of the first and second spectrum of events [B, E] in every region:
/// [B, 2 * E, regions, T], a spectrum's two beside each other. `gain` [B, E] is linear power,
/// `onset_samples` [B, E] is relative to the centre of the first frame. Differentiable in all that is a
/// tensor. On the CPU, in single precision, one pass over the frames does what takes torch thirty; elsewhere
/// torch's own operations are used, and the two agree to a few parts in a million.
torch::Tensor envelopes(const EventShape& shape, const torch::Tensor& gain,
                        const torch::Tensor& onset_samples, const EnvelopeFrames& frames);

/// The same by torch's operations alone.
torch::Tensor envelopes_by_torch(const EventShape& shape, const torch::Tensor& gain,
                                 const torch::Tensor& onset_samples, const EnvelopeFrames& frames);

}  // namespace ictus::models
