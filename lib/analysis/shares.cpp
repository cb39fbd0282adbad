#include "lib/analysis/shares.hpp"

#include <algorithm>
#include <utility>

#include "lib/synthesis/event_power.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventPower;
using synthesis::PowerMap;

void add_map(const PowerMap& from, float scale, int begin, PowerMap& to) {
  for (int b = 0; b < from.bands; ++b)
    synthesis::add_scaled(from.row(b), scale, from.frames, to.row(b) + begin);
}

float inner_of_maps(const PowerMap& some, int begin, const PowerMap& all) {
  float sum = 0.0F;
  for (int b = 0; b < some.bands; ++b) sum += synthesis::inner(some.row(b), all.row(b) + begin, some.frames);
  return sum;
}

}  // namespace

std::vector<MapShare> map_shares_of(std::span<const synthesis::EventSound> events,
                                    const synthesis::BandView& view, int frames, float least_power) {
  std::vector<MapShare> shares;
  PowerMap whole(view.bands(), frames);
  for (const synthesis::EventSound& event : events) {
    std::fill(whole.values.begin(), whole.values.end(), 0.0F);
    const EventPower power(event, view, frames, least_power);
    power.add_to(whole);
    const int begin = std::min(power.begin_frame(), frames);
    const int end = std::clamp(power.end_frame(), begin, frames);
    MapShare share{begin, PowerMap(whole.bands, end - begin)};
    for (int b = 0; b < whole.bands; ++b)
      std::copy(whole.row(b) + begin, whole.row(b) + end, share.power.row(b));
    shares.push_back(std::move(share));
  }
  return shares;
}

void add(const MapShare& share, float scale, PowerMap& to) { add_map(share.power, scale, share.begin, to); }

float inner(const MapShare& share, const PowerMap& other) {
  return inner_of_maps(share.power, share.begin, other);
}

std::vector<Share> shares_of(const std::vector<synthesis::EventSound>& events, const Target& target) {
  const PowerMap& fine_sound = target.sound().fine;
  const PowerMap& coarse_sound = target.sound().coarse;
  const float least = kNegligible * target.peak();
  std::vector<Share> shares;
  for (const synthesis::EventSound& event : events) {
    const EventPower fine(event, thinned_views(2).fine, fine_sound.frames, least);
    const EventPower coarse(event, thinned_views(2).coarse, coarse_sound.frames, least);
    const auto [begin, end] =
        target.whole_blocks(std::min(fine.begin_frame(), coarse.begin_frame() / kCoarsePerFine),
                            std::max(fine.end_frame(), coarse.end_frame() / kCoarsePerFine + 1));
    PowerMaps all{PowerMap(fine_sound.bands, fine_sound.frames),
                  PowerMap(coarse_sound.bands, coarse_sound.frames)};
    fine.add_to(all.fine);
    coarse.add_to(all.coarse);
    shares.push_back({begin, all.between(begin, end)});
  }
  return shares;
}

void add(const Share& share, float scale, PowerMaps& to, int first) {
  add_map(share.power.fine, scale, share.begin - first, to.fine);
  add_map(share.power.coarse, scale, kCoarsePerFine * (share.begin - first), to.coarse);
}

float inner(const Share& share, const PowerMaps& other) {
  return inner_of_maps(share.power.fine, share.begin, other.fine) +
         inner_of_maps(share.power.coarse, kCoarsePerFine * share.begin, other.coarse);
}

SumOfShares::SumOfShares(const std::vector<synthesis::EventSound>& events, const Target& target,
                         const PowerMaps& carried)
    : target_(target.sound().thinned(0), target.weights(), target.peak(), 2),
      sum_(carried.thinned(0)),
      seconds_(static_cast<float>(target.frames()) * views().fine.hop_s()),
      shares_(shares_of(events, target_)) {
  for (const Share& share : shares_) add(share, 1.0F, sum_);
}

}  // namespace ictus::analysis
