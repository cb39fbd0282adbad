#include "lib/analysis/distance_slopes.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "lib/core/workers.hpp"
#include "lib/synthesis/event_power.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventPower;
using synthesis::EventSound;
using synthesis::PowerMap;

/// Powers are summed by groups and then in their order, so that rounding does not tell how many threads there
/// were.
constexpr std::size_t kMostGroups = 8;
constexpr float kMostBins = 0.26F;  // that the first partial may move in a step

/// An event in both views.
struct Rendered {
  Rendered(const EventSound& event, const Views& seen_in, const PowerMaps& maps, float peak)
      : fine(event, seen_in.fine, maps.fine.frames, kNegligible * peak),
        coarse(event, seen_in.coarse, maps.coarse.frames, kNegligible * peak) {}
  void add_to(PowerMaps& maps) const {
    fine.add_to(maps.fine);
    coarse.add_to(maps.coarse);
  }
  EventPower fine, coarse;
};

PowerMaps nothing_like(const PowerMaps& maps) {
  return {PowerMap(maps.fine.bands, maps.fine.frames), PowerMap(maps.coarse.bands, maps.coarse.frames)};
}

void add(const PowerMaps& from, PowerMaps& to) {
  for (std::size_t i = 0; i < to.fine.values.size(); ++i) to.fine.values[i] += from.fine.values[i];
  for (std::size_t i = 0; i < to.coarse.values.size(); ++i) to.coarse.values[i] += from.coarse.values[i];
}

}  // namespace

PowerMaps explained_by(const std::vector<EventSound>& events, const PowerMaps& carried, float peak) {
  PowerMaps maps = carried;
  for (const EventSound& event : events) {
    Rendered(event, views(), maps, peak).add_to(maps);
  }
  return maps;
}

float distance_of(const std::vector<EventSound>& events, const Target& target, const PowerMaps& carried) {
  const Target half(target.sound().thinned(0), target.weights(), target.peak(), 2);
  PowerMaps maps = carried.thinned(0);
  for (const EventSound& event : events) Rendered(event, thinned_views(2), maps, target.peak()).add_to(maps);
  return half.distance(half.sums(maps, 0));
}

DistanceSlopes::DistanceSlopes(const Target& target, const PowerMaps& carried, int every, int threads)
    : every_(every), threads_(static_cast<std::size_t>(threads)) {
  // What follows one another lies as far apart as can be.
  for (const int first : {0, 2, 1, 3}) {
    if (first >= every) continue;
    parts_.push_back({carried.thinned(first, every),
                      Target(target.sound().thinned(first, every), target.weights(), target.peak(), every),
                      static_cast<float>(first) * views().fine.hop_s()});
  }
}

float DistanceSlopes::at(const std::vector<EventSound>& events, int step,
                         std::vector<EventSound>& slopes) const {
  const Part& part = parts_[static_cast<std::size_t>(step) % parts_.size()];
  std::vector<std::optional<Rendered>> rendered(events.size());
  const std::size_t groups = std::min(kMostGroups, events.size());
  std::vector<PowerMaps> sums(groups, nothing_like(part.carried));
  const auto for_each_group = [&](const auto& use) {
    std::atomic<std::size_t> next{0};
    run_workers(std::min(threads_, groups), [&](std::size_t) {
      for (std::size_t group = next++; group < groups; group = next++)
        for (std::size_t e = group; e < events.size(); e += groups) use(group, e);
    });
  };
  for_each_group([&](std::size_t group, std::size_t e) {
    EventSound shifted = events[e];
    shifted.onset_s -= part.shift_s;
    rendered[e].emplace(shifted, thinned_views(every_), part.carried, part.target.peak());
    rendered[e]->add_to(sums[group]);
  });
  PowerMaps explained = part.carried;
  for (const PowerMaps& sum : sums) add(sum, explained);
  PowerMaps by_power = part.carried;
  const float distance = part.target.distance(explained, by_power);
  slopes.assign(events.size(), EventSound{});
  for_each_group([&](std::size_t, std::size_t e) {
    rendered[e]->fine.add_gradient(by_power.fine, slopes[e]);
    rendered[e]->coarse.add_gradient(by_power.coarse, slopes[e]);
  });
  return distance;
}

float pitch_step_octaves(float pitch_octaves, float most_octaves) {
  const float hz_a_octave = std::numbers::ln2_v<float> * std::exp2(pitch_octaves);
  return std::min(most_octaves, kMostBins * views().fine.hz_per_bin() / hz_a_octave);
}

}  // namespace ictus::analysis
