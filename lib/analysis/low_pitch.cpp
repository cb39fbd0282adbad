#include "lib/analysis/low_pitch.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "lib/analysis/salience.hpp"

namespace ictus::analysis {
namespace {

constexpr float kLowestHz = 26.0F;
constexpr float kHighestLowHz = 75.0F;
/// By how much it has to be more salient than what was found in short windows.
constexpr float kMoreSalient = 1.2F;
/// Below this there is no tone, but what is left of one, or noise.
constexpr float kLeastSalience = 1.3F;
/// Three notes of a chord have the partials of a tone far below them, but with gaps.
constexpr float kLeastCloseness = 0.5F;
constexpr int kAfterFrames = 8;  // from an onset to the middle of the long window that begins with it
constexpr int kSeenFrames = 16;  // that such a window sees

/// What of each bin of long windows is left, by that of the short ones.
std::vector<float> part_left(const BinMap& low, const BinMap& left, const BinMap& all, int onset) {
  const int last = std::min(onset + kSeenFrames, all.frames);
  const std::vector<float> still = mean_spectrum(left, std::min(onset, last - 1), last);
  const std::vector<float> whole = mean_spectrum(all, std::min(onset, last - 1), last);
  std::vector<float> part(static_cast<std::size_t>(low.bins));
  for (int k = 0; k < low.bins; ++k) {
    const auto bin = static_cast<std::size_t>(static_cast<float>(k) * low.hz_per_bin / all.hz_per_bin + 0.5F);
    const std::size_t near = std::min(bin, whole.size() - 1);
    part[static_cast<std::size_t>(k)] = still[near] / (whole[near] + 1e-20F);
  }
  return part;
}

}  // namespace

std::optional<LowPitch> low_pitch(const BinMap& low, const BinMap& left, const BinMap& all, int onset,
                                  float hz) {
  const std::vector<float> part = part_left(low, left, all, onset);
  const auto after = low.frame(std::min(onset + kAfterFrames, low.frames - 1));
  const auto before = low.frame(std::max(onset - kAfterFrames, 0));
  std::vector<float> spectrum(part.size()), risen(part.size());
  for (std::size_t k = 0; k < part.size(); ++k) {
    spectrum[k] = part[k] * after[k];
    risen[k] =
        onset < kAfterFrames ? spectrum[k] : part[k] * std::max(after[k] - before[k], 1e-4F * after[k]);
  }
  const auto found = strongest_pitch(risen, low.hz_per_bin, kLowestHz, kHighestLowHz, hz);
  if (found.strongest.salience < kLeastSalience || found.closeness < kLeastCloseness ||
      found.strongest.salience < kMoreSalient * found.other_salience)
    return std::nullopt;
  return LowPitch{found.strongest.hz, std::move(spectrum)};
}

}  // namespace ictus::analysis
