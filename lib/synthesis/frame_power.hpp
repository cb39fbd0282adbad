// The model's power of one event in single bins, one frame after another: what add_power() gives, for
// streams.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/synthesis/audible.hpp"
#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/frame_course.hpp"
#include "lib/synthesis/lobe.hpp"
#include "lib/synthesis/moving_lobe.hpp"
#include "lib/synthesis/noise_frames.hpp"
#include "lib/synthesis/rings.hpp"

namespace ictus::synthesis {

class FramePower {
 public:
  /// `bins` is a view of single bins and stays where it is. The power of noise is multiplied by
  /// `noise_factor`.
  FramePower(const EventSound& sound, std::int64_t onset_samples, const BandView& bins,
             float noise_factor = 1.0F);

  /// Whether anything is still to come.
  [[nodiscard]] bool sounds() const { return rings_.count() > 0 || noise_.sounds(); }
  /// Adds the power in a frame, times a factor for each channel, to that channel's bins. Frames come one
  /// after another; those before the event's first may be left out.
  void add(std::int64_t frame, std::span<const float> factors, std::span<std::vector<float>> channels);

 private:
  /// The lobe of a partial that stays where it is.
  struct Place {
    int first = 0;
    int bins = 0;
    std::array<float, 2 * kLobeReach + 3> power{};
  };
  static Place place_of(float hz, const BandView& view);
  void add_partials(std::int64_t frame);
  void add_moving(float bins, float power, const Motion& motion);
  void drop_silent(float elapsed_s);

  EventSound sound_;
  const BandView* view_;
  Ceiling ceiling_;
  FrameCourse course_;
  NoiseFrames noise_;
  Rings rings_;
  float least_ = 0.0F;
  std::array<int, kNoiseRegions + 1> region_bins_{};  ///< the first of each, and one past the last
  std::vector<float> hz_;                             ///< of the rings
  std::vector<Place> places_;                         ///< of the rings, where they do not move
  std::vector<float> density_;                        ///< [bins] of the noise
  std::vector<float> power_;                          ///< [bins] of this frame
};

}  // namespace ictus::synthesis
