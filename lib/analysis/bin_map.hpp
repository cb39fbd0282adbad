// A spectrogram in single bins.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ictus::analysis {

/// Powers of single bins, as bin_powers() lays them out.
struct BinMap {
  std::span<const float> powers;  ///< [frames, bins]
  int frames;
  int bins;
  float hz_per_bin;
  float hop_s;
  [[nodiscard]] std::span<const float> frame(int t) const {
    return powers.subspan(static_cast<std::size_t>(t) * static_cast<std::size_t>(bins),
                          static_cast<std::size_t>(bins));
  }
};

/// The mean of the frames [first, last), of one at least.
std::vector<float> mean_spectrum(const BinMap& map, int first, int last);

}  // namespace ictus::analysis
