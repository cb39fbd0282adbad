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
#include "lib/synthesis/fourier.hpp"
#include "lib/synthesis/frame_course.hpp"
#include "lib/synthesis/masking.hpp"
#include "lib/synthesis/moving_lobe.hpp"
#include "lib/synthesis/noise_frames.hpp"
#include "lib/synthesis/rings.hpp"
#include "lib/synthesis/steady_lobe.hpp"

namespace ictus::synthesis {

class FramePower {
 public:
  /// `heard` are the sound's partials; `bins` is a view of single bins and stays where it is. The power of
  /// noise is multiplied by `noise_factor`.
  FramePower(const EventSound& sound, const Partials& heard, std::int64_t onset_samples, const BandView& bins,
             float noise_factor = 1.0F);

  /// Whether anything is still to come.
  [[nodiscard]] bool sounds() const { return rings_.count() > 0 || noise_.sounds(); }
  /// Adds the power in a frame, times a factor for each channel, to that channel's bins. Frames come one
  /// after another; those before the event's first may be left out. Of partials that are masked power is
  /// added to their middle bin alone, of noise nothing.
  void add(std::int64_t frame, std::span<const float> factors, std::span<std::vector<float>> channels,
           const Masking* masking = nullptr);

  /// Of partials that keep their frequencies, but for a glide at the beginning that made them run ahead by as
  /// much as in `lead_samples`: their phases at the onset, in turns.
  void know_phases(std::span<const double> turns, double lead_samples);
  /// Adds the spectrum of the partials in the frame of the latest add(), times a factor for each channel, to
  /// that channel's. Its window begins when attack and glide are over.
  void add_spectrum(std::int64_t frame, std::span<const float> factors, std::span<Spectrum> channels);

 private:
  void add_partials(std::int64_t frame, std::span<const float> factors,
                    std::span<std::vector<float>> channels, const Masking* masking);
  void add_noise(std::span<const float> factors, std::span<std::vector<float>> channels,
                 const Masking* masking);
  void find_density(float noise_factor);
  void add_moving(float bins, float power, const Motion& motion, std::vector<float>& channel);
  void find_shown(std::span<const float> factors, const Masking* masking);
  void drop_silent(std::int64_t frame);

  EventSound sound_;
  const BandView* view_;
  Ceiling ceiling_;
  FrameCourse course_;
  NoiseFrames noise_;
  Rings rings_;
  float least_ = 0.0F;
  std::array<int, kNoiseRegions + 1> region_bins_{};  ///< the first of each, and one past the last
  std::vector<float> hz_;                             ///< of the rings
  std::vector<SteadyLobe> lobes_;                     ///< of the rings, where they do not move
  std::vector<SteadyLobe> images_;                    ///< the same at negative frequencies, if they count
  std::vector<int> middle_;                           ///< bins of the rings, in this frame
  bool was_moving_ = false;                           ///< in the frame before
  std::array<int, kPartials> shown_{};                ///< rings that count in this frame
  std::size_t shown_count_ = 0;
  std::array<int, kPartials> masked_{};  ///< rings that are masked in this frame
  std::size_t masked_count_ = 0;
  std::vector<float> room_rate_;                   ///< of the rings
  std::vector<double> turns_;                      ///< of the rings, if their phases are known
  double turns_samples_ = 0.0;                     ///< of the stream, where they are
  std::vector<float> density_;                     ///< [bins] of the noise
  std::array<float, kNoiseRegions> most_dense_{};  ///< of each region
};

}  // namespace ictus::synthesis
