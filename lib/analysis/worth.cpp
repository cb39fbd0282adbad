#include "lib/analysis/worth.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "lib/synthesis/event_power.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventPower;
using synthesis::EventSound;
using synthesis::PowerMap;

constexpr std::size_t kAtOnce =
    4;  // of those that are left, one in so many is taken away before all are weighed anew

void add(const PowerMaps& from, float scale, PowerMaps& to) {
  for (std::size_t i = 0; i < to.fine.values.size(); ++i) to.fine.values[i] += scale * from.fine.values[i];
  for (std::size_t i = 0; i < to.coarse.values.size(); ++i)
    to.coarse.values[i] += scale * from.coarse.values[i];
}

/// What is left of a sum can be below 0 by rounding.
void hold_positive(PowerMaps& maps) {
  for (float& value : maps.fine.values) value = std::max(value, 0.0F);
  for (float& value : maps.coarse.values) value = std::max(value, 0.0F);
}

/// Events and the sum of their powers, from which one at a time can be left out.
class Weighing {
 public:
  Weighing(const std::vector<EventSound>& events, const Target& target, const PowerMaps& carried)
      : target_(target.sound().thinned(0), target.weights(), target.peak(), true),
        sum_(carried.thinned(0)),
        slope_(sum_),
        seconds_(static_cast<float>(target.frames()) * views().fine.hop_s()) {
    const PowerMaps nothing{PowerMap(sum_.fine.bands, sum_.fine.frames),
                            PowerMap(sum_.coarse.bands, sum_.coarse.frames)};
    for (const EventSound& event : events) {
      shares_.push_back(nothing);
      const float least = kNegligible * target.peak();
      EventPower(event, sparse_views().fine, nothing.fine.frames, least).add_to(shares_.back().fine);
      EventPower(event, sparse_views().coarse, nothing.coarse.frames, least).add_to(shares_.back().coarse);
      add(shares_.back(), 1.0F, sum_);
    }
  }

  [[nodiscard]] float distance() { return target_.distance(sum_, slope_); }
  [[nodiscard]] float worth(std::size_t event, float distance) {
    PowerMaps without = sum_;
    add(shares_[event], -1.0F, without);
    hold_positive(without);
    return (target_.distance(without, slope_) - distance) * seconds_;
  }
  void take_away(std::size_t event) {
    add(shares_[event], -1.0F, sum_);
    hold_positive(sum_);
  }

 private:
  Target target_;
  PowerMaps sum_, slope_;
  float seconds_;
  std::vector<PowerMaps> shares_;
};

}  // namespace

std::vector<float> worths(const std::vector<EventSound>& events, const Target& target,
                          const PowerMaps& carried) {
  Weighing weighing(events, target, carried);
  const float distance = weighing.distance();
  std::vector<float> result;
  for (std::size_t e = 0; e < events.size(); ++e) result.push_back(weighing.worth(e, distance));
  return result;
}

std::vector<std::size_t> worthy(const std::vector<EventSound>& events, const Target& target,
                                const PowerMaps& carried, float least_db_s, std::size_t most) {
  Weighing weighing(events, target, carried);
  std::vector<std::size_t> left(events.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  while (!left.empty()) {
    const float distance = weighing.distance();
    std::vector<std::pair<float, std::size_t>> weighed;
    for (const std::size_t event : left) weighed.emplace_back(weighing.worth(event, distance), event);
    std::sort(weighed.begin(), weighed.end());
    // What two events say alike is lost with both, so that only some go at once.
    const std::size_t some = std::max<std::size_t>(left.size() / kAtOnce, 1);
    std::size_t gone = 0;
    while (gone < some && (weighed[gone].first < least_db_s || left.size() - gone > most)) {
      weighing.take_away(weighed[gone].second);
      ++gone;
    }
    if (gone == 0) break;
    left.clear();
    for (std::size_t i = gone; i < weighed.size(); ++i) left.push_back(weighed[i].second);
    std::sort(left.begin(), left.end());
  }
  return left;
}

}  // namespace ictus::analysis
