#include "lib/analysis/positions.hpp"

#include <algorithm>
#include <cstddef>

#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_power.hpp"

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
  std::vector<PowerMap> powers;
  PowerMap sum = carried;
  for (const synthesis::EventSound& event : events) {
    powers.emplace_back(both.bands, both.frames);
    synthesis::EventPower(event, views().fine, both.frames, kNegligible * loudest).add_to(powers.back());
    for (std::size_t i = 0; i < cells; ++i) sum.values[i] += powers.back().values[i];
  }
  // What lies on the left of what is explained, not of the sound: an explanation that is too loud or too soft
  // says nothing of where it comes from.
  std::vector<float> wanted(cells);
  for (std::size_t i = 0; i < cells; ++i)
    wanted[i] = sum.values[i] * left.values[i] / (both.values[i] + floor);
  std::vector<float> share(events.size(), 0.5F);
  std::vector<float> explained(cells);
  for (int update = 0; update < kUpdates; ++update) {
    explained = carried_left.values;
    for (std::size_t e = 0; e < events.size(); ++e)
      for (std::size_t i = 0; i < cells; ++i) explained[i] += share[e] * powers[e].values[i];
    for (std::size_t i = 0; i < cells; ++i) explained[i] = wanted[i] / (explained[i] + floor);
    for (std::size_t e = 0; e < events.size(); ++e) {
      float pulled = 0.0F;
      float power = 0.0F;
      for (std::size_t i = 0; i < cells; ++i) {
        pulled += powers[e].values[i] * explained[i];
        power += powers[e].values[i];
      }
      if (power > 0.0F) share[e] = std::clamp(share[e] * pulled / power, kLeastShare, 1.0F);
    }
  }
  for (float& each : share) each = std::clamp(1.0F - 2.0F * each, -1.0F, 1.0F);
  return share;
}

}  // namespace ictus::analysis
