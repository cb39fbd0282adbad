#include "lib/analysis/gains.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "lib/analysis/shares.hpp"

namespace ictus::analysis {
namespace {

using synthesis::PowerMap;

constexpr int kUpdates = 8;
constexpr float kMostChangeDb = 6.0F;
/// Where less of the sound's energy is explained, gains stay: what is missing is something else.
constexpr double kLeastExplained = 0.5;

double energy_of(const PowerMap& map, const synthesis::BandView& view) {
  double sum = 0.0;
  for (int b = 0; b < map.bands; ++b)
    sum += static_cast<double>(view.width_bins[static_cast<std::size_t>(b)]) *
           std::accumulate(map.row(b), map.row(b) + map.frames, 0.0);
  return sum;
}

}  // namespace

void balance_gains(std::vector<synthesis::EventSound>& events, const Target& target,
                   const synthesis::PowerMap& carried) {
  const synthesis::BandView& view = views().fine;
  const PowerMap& sound = target.sound().fine;
  const float floor = kNegligible * target.peak();
  const std::vector<MapShare> shares = map_shares_of(events, view, sound.frames, floor);
  std::vector<float> gains(events.size(), 1.0F);
  PowerMap explained = carried;
  const auto explain = [&] {
    explained = carried;
    for (std::size_t e = 0; e < shares.size(); ++e) add(shares[e], gains[e], explained);
  };
  explain();
  if (energy_of(explained, view) < kLeastExplained * energy_of(sound, view)) return;
  // Each band counts with its bins.
  PowerMap ratio(sound.bands, sound.frames);
  for (int b = 0; b < sound.bands; ++b)
    std::fill_n(ratio.row(b), sound.frames, view.width_bins[static_cast<std::size_t>(b)]);
  std::vector<float> own;
  for (const MapShare& share : shares) own.push_back(inner(share, ratio));
  for (int update = 0; update < kUpdates; ++update) {
    explain();
    for (int b = 0; b < sound.bands; ++b) {
      const float bins = view.width_bins[static_cast<std::size_t>(b)];
      for (int t = 0; t < sound.frames; ++t)
        ratio.row(b)[t] = bins * (sound.row(b)[t] + floor) / (explained.row(b)[t] + floor);
    }
    for (std::size_t e = 0; e < shares.size(); ++e)
      if (own[e] > 0.0F) gains[e] *= inner(shares[e], ratio) / own[e];
  }
  for (std::size_t e = 0; e < events.size(); ++e)
    events[e].gain_db +=
        std::clamp(10.0F * std::log10(std::max(gains[e], 1e-9F)), -kMostChangeDb, kMostChangeDb);
}

}  // namespace ictus::analysis
