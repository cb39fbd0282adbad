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
  // What lies on either side of what is explained, not of the sound: an explanation that is too loud or too
  // soft says nothing of where it comes from, and where there is hardly any sound it lies in the middle.
  std::vector<float> wanted_left(cells);
  for (std::size_t i = 0; i < cells; ++i)
    wanted_left[i] = sum.values[i] * (left.values[i] + 0.5F * floor) / (both.values[i] + floor);
  std::vector<float> share(events.size(), 0.5F);  // of an event's power, on the left
  std::vector<float> pull_left(cells);
  std::vector<float> pull_right(cells);
  for (int update = 0; update < kUpdates; ++update) {
    std::vector<float>& explained = pull_left;
    explained = carried_left.values;
    for (std::size_t e = 0; e < events.size(); ++e)
      for (std::size_t i = 0; i < cells; ++i) explained[i] += share[e] * powers[e].values[i];
    for (std::size_t i = 0; i < cells; ++i) {
      const float wanted_right = sum.values[i] - wanted_left[i];
      const float explained_right = std::max(sum.values[i] - explained[i], 0.0F);
      pull_right[i] = (wanted_right + floor) / (explained_right + floor);
      pull_left[i] = (wanted_left[i] + floor) / (explained[i] + floor);
    }
    for (std::size_t e = 0; e < events.size(); ++e) {
      float to_left = 0.0F;
      float to_right = 0.0F;
      for (std::size_t i = 0; i < cells; ++i) {
        to_left += powers[e].values[i] * pull_left[i];
        to_right += powers[e].values[i] * pull_right[i];
      }
      to_left *= share[e];
      to_right *= 1.0F - share[e];
      if (to_left + to_right > 0.0F)
        share[e] = std::clamp(to_left / (to_left + to_right), kLeastShare, 1.0F - kLeastShare);
    }
  }
  for (float& each : share) each = std::clamp(1.0F - 2.0F * each, -1.0F, 1.0F);
  return share;
}

}  // namespace ictus::analysis
