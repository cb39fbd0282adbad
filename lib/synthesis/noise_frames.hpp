// The noise of an event, by regions of the frequency axis, in one frame of a view after another.
#pragma once

#include <cstdint>

#include "lib/synthesis/audible.hpp"
#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/frame_course.hpp"
#include "lib/synthesis/rings.hpp"

namespace ictus::synthesis {

class NoiseFrames {
 public:
  NoiseFrames(const EventSound& sound, std::int64_t onset_samples, const BandView& view);

  /// Whether an event has noise that is heard beside its partials.
  [[nodiscard]] static bool has_noise(const EventSound& sound);

  /// Whether anything is still to come.
  [[nodiscard]] bool sounds() const { return sounds_; }
  /// The frame that advance() leads to.
  [[nodiscard]] std::int64_t next_frame() const { return next_frame_; }
  void advance();
  /// [kNoiseRegions] what densities are multiplied by in this frame.
  [[nodiscard]] const float* power() const { return rings_.power(); }
  /// The part of it that is the attack's, 0..1.
  [[nodiscard]] float attack() const { return attack_; }

 private:
  EventSound sound_;
  Ceiling ceiling_;
  FrameCourse course_;
  Rings rings_;
  std::int64_t next_frame_;
  float attack_ = 0.0F;
  float least_;
  bool sounds_;
};

}  // namespace ictus::synthesis
