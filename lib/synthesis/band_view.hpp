// A view of sound in time and frequency: windows, hops and the bands in which power is seen.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/synthesis/spectrum_knots.hpp"

namespace ictus::synthesis {

/// Power densities by band and frame: the mean of |X|^2 over a band's bins, for windows whose squares sum to
/// 1, of sound whose full scale is 1.
struct PowerMap {
  PowerMap(int band_count, int frame_count)
      : bands(band_count),
        frames(frame_count),
        values(static_cast<std::size_t>(band_count) * static_cast<std::size_t>(frame_count)) {}
  [[nodiscard]] float* row(int band) { return values.data() + static_cast<std::ptrdiff_t>(band) * frames; }
  [[nodiscard]] const float* row(int band) const {
    return values.data() + static_cast<std::ptrdiff_t>(band) * frames;
  }

  int bands;
  int frames;
  std::vector<float> values;  ///< [bands, frames]
};

/// Parts of the frequency axis in which the noise of an event decays at one rate.
inline constexpr int kNoiseRegions = 12;

/// Windows are Hann's, periodic. Frame t is centred t hops after the beginning of a map.
class BandView {
 public:
  /// `first_bin[b]` is the first bin of band b; the last number, one more than there are bands, is the number
  /// of bins, window_samples / 2 + 1.
  BandView(int sample_rate_hz, int window_samples, int hop_samples, std::vector<int> first_bin);

  /// Bins by themselves up to 2 kHz, and from there on bands of equal ratio up to the highest bin.
  static BandView fine(int sample_rate_hz, int window_samples, int hop_samples, int linear_bands, int bands);
  /// Every bin by itself.
  static BandView bins(int sample_rate_hz, int window_samples, int hop_samples);
  /// Bands of equal width in mel, at least one bin each.
  static BandView mel(int sample_rate_hz, int window_samples, int hop_samples, int bands);

  [[nodiscard]] int bands() const { return static_cast<int>(width_bins.size()); }
  [[nodiscard]] int bin_count() const { return static_cast<int>(band_of_bin.size()); }
  [[nodiscard]] float window_s() const {
    return static_cast<float>(window_samples) / static_cast<float>(sample_rate_hz);
  }
  [[nodiscard]] float hop_s() const {
    return static_cast<float>(hop_samples) / static_cast<float>(sample_rate_hz);
  }
  [[nodiscard]] float hz_per_bin() const {
    return static_cast<float>(sample_rate_hz) / static_cast<float>(window_samples);
  }

  int sample_rate_hz;
  int window_samples;
  int hop_samples;
  std::vector<int> band_of_bin;           ///< [bins]
  std::vector<float> width_bins;          ///< [bands]
  std::vector<float> end_bins;            ///< [bands] half a bin beyond the last of each
  std::vector<float> centre_hz;           ///< [bands]
  std::vector<KnotPlace> spectrum_place;  ///< [bands up to the highest that events reach] of the centre
  std::vector<int> noise_region;          ///< [bands]
  std::vector<float> region_hz;           ///< [kNoiseRegions] centres of the regions
};

}  // namespace ictus::synthesis
