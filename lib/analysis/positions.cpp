#include "lib/analysis/positions.hpp"

#include <algorithm>
#include <cstddef>

#include "lib/analysis/shares.hpp"
#include "lib/analysis/target.hpp"

namespace ictus::analysis {
namespace {

using synthesis::PowerMap;

constexpr int kUpdates = 20;
constexpr float kLeastShare = 1e-4F;

}  // namespace

std::vector<float> positions_of(std::span<const synthesis::EventSound> events, const PowerMap& left,
                                const PowerMap& both, const PowerMap& carried_left, const PowerMap& carried) {
  const std::size_t cells = both.values.size();
  const float loudest = *std::max_element(both.values.begin(), both.values.end());
  const float floor = kNegligible * loudest + 1e-30F;
  const std::vector<MapShare> powers =
      map_shares_of(events, views().fine, both.frames, kNegligible * loudest);
  PowerMap sum = carried;
  for (const MapShare& power : powers) add(power, 1.0F, sum);
  // What lies on either side of what is explained, not of the sound: an explanation that is too loud or too
  // soft says nothing of where it comes from, and where there is hardly any sound it lies in the middle.
  std::vector<float> wanted_left(cells);
  for (std::size_t i = 0; i < cells; ++i)
    wanted_left[i] = sum.values[i] * (left.values[i] + 0.5F * floor) / (both.values[i] + floor);
  std::vector<float> share(events.size(), 0.5F);  // of an event's power, on the left
  PowerMap explained = carried_left;
  PowerMap pull_left(both.bands, both.frames);
  PowerMap pull_right(both.bands, both.frames);
  for (int update = 0; update < kUpdates; ++update) {
    explained = carried_left;
    for (std::size_t e = 0; e < powers.size(); ++e) add(powers[e], share[e], explained);
    for (std::size_t i = 0; i < cells; ++i) {
      const float wanted_right = sum.values[i] - wanted_left[i];
      const float explained_right = std::max(sum.values[i] - explained.values[i], 0.0F);
      pull_right.values[i] = (wanted_right + floor) / (explained_right + floor);
      pull_left.values[i] = (wanted_left[i] + floor) / (explained.values[i] + floor);
    }
    for (std::size_t e = 0; e < powers.size(); ++e) {
      const float to_left = share[e] * inner(powers[e], pull_left);
      const float to_right = (1.0F - share[e]) * inner(powers[e], pull_right);
      if (to_left + to_right > 0.0F)
        share[e] = std::clamp(to_left / (to_left + to_right), kLeastShare, 1.0F - kLeastShare);
    }
  }
  for (float& each : share) each = std::clamp(1.0F - 2.0F * each, -1.0F, 1.0F);
  return share;
}

}  // namespace ictus::analysis
