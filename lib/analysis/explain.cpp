#include "lib/analysis/explain.hpp"

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/fit.hpp"

namespace ictus::analysis {

namespace {

constexpr float kSilent = 3e-7F;           // of the loudest power: nothing is looked for below
constexpr float kFirstCompression = 0.5F;  // the first look sees the loudest,
constexpr float kCompression = 0.3F;       // those that follow also what is soft

}  // namespace

std::vector<synthesis::EventSound> explain(const Stretch& stretch, std::span<const Look> looks, bool motion) {
  std::vector<synthesis::EventSound> events;
  const float peak = stretch.target.peak();
  for (const Look& look : looks) {
    const PowerMaps explained = explained_by(events, stretch.nothing, peak);
    std::vector<float> left = unexplained(stretch.map, stretch.target.sound().fine, explained.fine);
    const float compression = events.empty() ? kFirstCompression : kCompression;
    for (synthesis::EventSound& event :
         propose(left, stretch.map, look.events, kSilent * peak, compression)) {
      if (!motion) event.glide_semitones = event.vibrato_semitones = 0.0F;
      events.push_back(event);
    }
    fit(events, stretch.target, stretch.nothing, look.steps);
  }
  return events;
}

}  // namespace ictus::analysis
