#include "lib/analysis/worth.hpp"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "lib/analysis/shares.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;

constexpr std::size_t kAtOnce =
    4;  // of those that are left, one in so many is taken away before all are weighed anew

/// Events and the sum of their powers, from which one at a time can be left out. What it changes is looked at
/// only where it sounds.
class Weighing : private SumOfShares {
 public:
  Weighing(const std::vector<EventSound>& events, const Target& target, const PowerMaps& carried)
      : SumOfShares(events, target, carried) {
    sum_up();
  }

  [[nodiscard]] float worth(std::size_t event) const {
    const Share& share = shares_[event];
    const int end = share.begin + share.power.fine.frames;
    PowerMaps without = sum_.between(share.begin, end);
    add(share, -1.0F, without, share.begin);
    without.hold_positive();
    Target::Sums before;
    for (int frame = share.begin; frame < end; frame += target_.block_frames())
      before += blocks_[static_cast<std::size_t>(frame / target_.block_frames())];
    const Target::Sums after = target_.sums(without, share.begin);
    const Target::Sums all{sums_.weighted_db - before.weighted_db + after.weighted_db,
                           sums_.off_square - before.off_square + after.off_square};
    return (target_.distance(all) - target_.distance(sums_)) * seconds_;
  }
  void take_away(std::span<const std::pair<float, std::size_t>> weighed) {
    for (const auto& [worth, event] : weighed) add(shares_[event], -1.0F, sum_);
    sum_.hold_positive();
    sum_up();
  }

 private:
  void sum_up() {
    blocks_ = target_.block_sums(sum_, 0);
    sums_ = {};
    for (const Target::Sums& block : blocks_) sums_ += block;
  }

  std::vector<Target::Sums> blocks_;  ///< of sum_
  Target::Sums sums_;
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
    while (gone < some && (weighed[gone].first < least_db_s || left.size() - gone > most)) ++gone;
    if (gone == 0) break;
    weighing.take_away(std::span(weighed).first(gone));
    left.clear();
    for (std::size_t i = gone; i < weighed.size(); ++i) left.push_back(weighed[i].second);
    std::sort(left.begin(), left.end());
  }
  return left;
}

}  // namespace ictus::analysis
