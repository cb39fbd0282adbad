// What is too weak to be heard beside what sounds: it need not be made.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "lib/synthesis/band_view.hpp"

namespace ictus::synthesis {

/// What sounds masks what lies within some Bark of it, more so above it than below (Terhardt 1979).
class Masking {
 public:
  static constexpr int kBins = 4;  ///< of a view, that are looked at together: as many as a tone's lobe has

  /// `bins` is a view of single bins.
  Masking(const BandView& bins, int channels);

  /// Takes the power that sounds in a frame, by channel.
  void listen(std::span<const std::vector<float>> power);

  [[nodiscard]] std::size_t channels() const { return masked_.size(); }
  /// [bins / kBins] powers of a bin up to which something in the next frame is not heard.
  [[nodiscard]] const float* masked(std::size_t channel) const { return masked_[channel].data(); }
  /// The power, 1 for a sine of full scale, up to which a tone is not heard.
  [[nodiscard]] float masked_tone(std::size_t channel, float hz) const {
    const auto place = static_cast<std::size_t>((hz / hz_per_bin_ + 0.5F) / kBins);
    return masked_[channel][std::min(place, masked_[channel].size() - 1)] / tone_peak_;
  }
  /// [kNoiseRegions] densities up to which noise is not heard.
  [[nodiscard]] const std::array<float, kNoiseRegions>& masked_noise(std::size_t channel) const {
    return masked_noise_[channel];
  }

 private:
  float hz_per_bin_;
  float tone_peak_;                   ///< power of the middle bin, for a tone of power 1
  std::vector<float> rise_, fall_;    ///< [bins / kBins] what is left of a masking power one place up, down
  std::vector<std::size_t> regions_;  ///< [kNoiseRegions + 1] the first place of each, and one past the last
  std::vector<std::vector<float>> masked_;
  std::vector<std::array<float, kNoiseRegions>> masked_noise_;
};

}  // namespace ictus::synthesis
