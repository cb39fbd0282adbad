// The noise of all events as samples: a carrier of white noise, weighted in short frames.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/fourier.hpp"
#include "lib/synthesis/masking.hpp"
#include "lib/synthesis/noise_carrier.hpp"
#include "lib/synthesis/noise_frames.hpp"
#include "lib/synthesis/pan.hpp"

namespace ictus::synthesis {

/// Each event reads the carrier from a place of its own, so that the noises of two add in power. The place
/// counts from the event's onset: wherever an event lies, it sounds the same, but for the 512 samples between
/// frames. The frames that hold an onset are made for that event alone, and its attack is exact.
class ShapedNoise {
 public:
  ShapedNoise(int sample_rate_hz, int channels);

  /// `seed` is the event's own. It begins in what is rendered next.
  void add(const EventSound& sound, std::int64_t onset_samples, std::uint64_t seed);
  /// Adds the next `count` samples, a multiple of NoiseCarrier::kHop, to each channel. All events that begin
  /// before their end have been added. What is masked is left out, but for attacks.
  void render(int count, std::vector<std::vector<float>>& channels, const Masking* masking = nullptr);

 private:
  struct Event {
    NoiseFrames frames;
    std::vector<float> weight;                    ///< [bins] amplitude, for a region's power of 1
    std::array<float, kNoiseRegions> most_dense;  ///< power of the densest bin of each region, for the same
    Gains gains;                                  ///< by channel
    std::int64_t onset_samples;
    std::int64_t carrier_offset;
    float attack_samples;
  };

  [[nodiscard]] static std::int64_t begin_of(std::int64_t frame) {
    return frame * NoiseCarrier::kHop - NoiseCarrier::kWindow / 2;
  }
  void add_frame(Event& event, const Masking* masking);
  [[nodiscard]] bool is_masked(const Event& event, std::size_t region, const Masking& masking) const;
  bool find_levels(const Event& event, const Masking* masking);
  void add_bins(const Event& event, std::int64_t carrier_frame, float scale, Spectrum& spectrum) const;
  void window_frame();
  void add_samples(std::int64_t begin, float scale, int channel);

  BandView view_;
  std::array<int, kNoiseRegions + 1> region_bins_{};  ///< first bin of each
  Fourier fourier_;
  std::vector<Event> events_;
  std::vector<Spectrum> common_;  ///< by channel, of the frame that is being made
  bool common_sounds_ = false;
  std::vector<float> levels_;            ///< [bins] of an event's regions
  int first_bin_ = 0, last_bin_ = 0;     ///< of those levels that are not 0, and one past the last
  Spectrum alone_;                       ///< of one event
  std::vector<float> frame_;             ///< [window] samples of a frame
  std::vector<float> windowed_;          ///< [window] the same, to be added to others
  std::vector<std::vector<float>> sum_;  ///< by channel, from rendered_ on
  std::int64_t rendered_ = 0;            ///< samples
  int tail_ = 0;                         ///< samples of sum_ that may hold something
};

}  // namespace ictus::synthesis
