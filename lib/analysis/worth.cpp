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
      : target_(target.sound().thinned(0), target.weights(), target.peak(), true),
        sum_(carried.thinned(0)),
        seconds_(static_cast<float>(target.frames()) * views().fine.hop_s()) {
    const float least = kNegligible * target.peak();
    for (const EventSound& event : events) {
      const EventPower fine(event, sparse_views().fine, sum_.fine.frames, least);
      const EventPower coarse(event, sparse_views().coarse, sum_.coarse.frames, least);
      const auto [begin, end] =
          target_.whole_blocks(std::min(fine.begin_frame(), coarse.begin_frame() / kCoarsePerFine),
                               std::max(fine.end_frame(), coarse.end_frame() / kCoarsePerFine + 1));
      PowerMaps all{PowerMap(sum_.fine.bands, sum_.fine.frames),
                    PowerMap(sum_.coarse.bands, sum_.coarse.frames)};
      fine.add_to(all.fine);
      coarse.add_to(all.coarse);
      shares_.push_back({begin, all.between(begin, end)});
      add(shares_.back(), 1.0F, sum_);
    }
    sums_ = target_.sums(sum_, 0);
  }

  [[nodiscard]] float worth(std::size_t event) const {
    const Share& share = shares_[event];
    const PowerMaps with = sum_.between(share.begin, share.begin + share.power.fine.frames);
    PowerMaps without = with;
    subtract(share.power, without);
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
  /// Power of an event in the frames in which it sounds.
  struct Share {
    int begin;
    PowerMaps power;
  };
  static void add(const Share& share, float scale, PowerMaps& to) {
    add(share.power.fine, scale, share.begin, to.fine);
    add(share.power.coarse, scale, kCoarsePerFine * share.begin, to.coarse);
  }
  static void add(const PowerMap& from, float scale, int begin, PowerMap& to) {
    for (int b = 0; b < from.bands; ++b)
      for (int t = 0; t < from.frames; ++t) to.row(b)[begin + t] += scale * from.row(b)[t];
  }
  static void subtract(const PowerMaps& from, PowerMaps& to) {
    add(from.fine, -1.0F, 0, to.fine);
    add(from.coarse, -1.0F, 0, to.coarse);
    hold_positive(to);
  }

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
