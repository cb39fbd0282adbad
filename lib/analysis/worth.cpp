#include "lib/analysis/worth.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "lib/analysis/shares.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;

constexpr std::size_t kAtOnce =
    4;  // of those that are left, one in so many is taken away before all are weighed anew

/// What is left of a sum can be below 0 by rounding.
void hold_positive(PowerMaps& maps) {
  for (float& value : maps.fine.values) value = std::max(value, 0.0F);
  for (float& value : maps.coarse.values) value = std::max(value, 0.0F);
}

/// Events and the sum of their powers, from which one at a time can be left out. What it changes is looked at
/// only where it sounds.
class Weighing {
 public:
  Weighing(const std::vector<EventSound>& events, const Target& target, const PowerMaps& carried)
      : target_(target.sound().thinned(0), target.weights(), target.peak(), 2),
        sum_(carried.thinned(0)),
        seconds_(static_cast<float>(target.frames()) * views().fine.hop_s()),
        shares_(shares_of(events, target_)) {
    for (const Share& share : shares_) add(share, 1.0F, sum_);
    sums_ = target_.sums(sum_, 0);
  }

  [[nodiscard]] float worth(std::size_t event) const {
    const Share& share = shares_[event];
    const PowerMaps with = sum_.between(share.begin, share.begin + share.power.fine.frames);
    PowerMaps without = with;
    add({0, share.power}, -1.0F, without);
    hold_positive(without);
    const Target::Sums before = target_.sums(with, share.begin);
    const Target::Sums after = target_.sums(without, share.begin);
    const Target::Sums all{sums_.weighted_db - before.weighted_db + after.weighted_db,
                           sums_.off_square - before.off_square + after.off_square};
    return (target_.distance(all) - target_.distance(sums_)) * seconds_;
  }
  void take_away(std::size_t event) {
    add(shares_[event], -1.0F, sum_);
    hold_positive(sum_);
    sums_ = target_.sums(sum_, 0);
  }

 private:
  Target target_;
  PowerMaps sum_;
  Target::Sums sums_;
  float seconds_;
  std::vector<Share> shares_;
};

}  // namespace

std::vector<float> worths(const std::vector<EventSound>& events, const Target& target,
                          const PowerMaps& carried) {
  Weighing weighing(events, target, carried);
  std::vector<float> result;
  for (std::size_t e = 0; e < events.size(); ++e) result.push_back(weighing.worth(e));
  return result;
}

std::vector<std::size_t> worthy(const std::vector<EventSound>& events, const Target& target,
                                const PowerMaps& carried, float least_db_s, std::size_t most) {
  Weighing weighing(events, target, carried);
  std::vector<std::size_t> left(events.size());
  std::iota(left.begin(), left.end(), std::size_t{0});
  while (!left.empty()) {
    std::vector<std::pair<float, std::size_t>> weighed;
    for (const std::size_t event : left) weighed.emplace_back(weighing.worth(event), event);
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
