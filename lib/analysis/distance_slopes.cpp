#include "lib/analysis/distance_slopes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "lib/synthesis/event_power.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventPower;
using synthesis::EventSound;

constexpr float kMostBins = 0.2F;  // that the first partial may move in a step

/// An event in both views.
struct Rendered {
  Rendered(const EventSound& event, const Views& seen_in, const PowerMaps& maps, float peak)
      : fine(event, seen_in.fine, maps.fine.frames, kNegligible * peak),
        coarse(event, seen_in.coarse, maps.coarse.frames, kNegligible * peak) {}
  EventPower fine, coarse;
};

}  // namespace

PowerMaps explained_by(const std::vector<EventSound>& events, const PowerMaps& carried, float peak) {
  PowerMaps maps = carried;
  for (const EventSound& event : events) {
    const Rendered rendered(event, views(), maps, peak);
    rendered.fine.add_to(maps.fine);
    rendered.coarse.add_to(maps.coarse);
  }
  return maps;
}

float distance_of(const std::vector<EventSound>& events, const Target& target, const PowerMaps& carried) {
  PowerMaps slope = carried;
  return target.distance(explained_by(events, carried, target.peak()), slope);
}

DistanceSlopes::DistanceSlopes(const Target& target, const PowerMaps& carried) {
  for (const int first : {0, 1})
    halves_.push_back({carried.thinned(first),
                       Target(target.sound().thinned(first), target.weights(), target.peak(), true),
                       static_cast<float>(first) * views().fine.hop_s()});
}

float DistanceSlopes::at(const std::vector<EventSound>& events, int step,
                         std::vector<EventSound>& slopes) const {
  const Half& half = halves_[static_cast<std::size_t>(step % 2)];
  PowerMaps explained = half.carried;
  std::vector<Rendered> rendered;
  rendered.reserve(events.size());
  for (const EventSound& event : events) {
    EventSound shifted = event;
    shifted.onset_s -= half.shift_s;
    rendered.emplace_back(shifted, sparse_views(), explained, half.target.peak());
    rendered.back().fine.add_to(explained.fine);
    rendered.back().coarse.add_to(explained.coarse);
  }
  PowerMaps by_power = half.carried;
  const float distance = half.target.distance(explained, by_power);
  slopes.assign(events.size(), EventSound{});
  for (std::size_t e = 0; e < events.size(); ++e) {
    rendered[e].fine.add_gradient(by_power.fine, slopes[e]);
    rendered[e].coarse.add_gradient(by_power.coarse, slopes[e]);
  }
  return distance;
}

float pitch_step_octaves(float pitch_octaves, float most_octaves) {
  const float hz_a_octave = std::numbers::ln2_v<float> * std::exp2(pitch_octaves);
  return std::min(most_octaves, kMostBins * views().fine.hz_per_bin() / hz_a_octave);
}

}  // namespace ictus::analysis
