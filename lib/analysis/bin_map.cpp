#include "lib/analysis/bin_map.hpp"

#include <algorithm>

namespace ictus::analysis {

std::vector<float> mean_spectrum(const BinMap& map, int first, int last) {
  std::vector<float> mean(static_cast<std::size_t>(map.bins));
  last = std::clamp(last, first + 1, map.frames);
  for (int t = first; t < last; ++t) {
    const auto frame = map.frame(t);
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += frame[k];
  }
  for (float& value : mean) value /= static_cast<float>(last - first);
  return mean;
}

}  // namespace ictus::analysis
