#include "lib/analysis/explain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/fit.hpp"
#include "lib/analysis/worth.hpp"

namespace ictus::analysis {

namespace {

constexpr float kSilent = 3e-7F;           // of the loudest power: nothing is looked for below
constexpr float kFirstCompression = 0.5F;  // the first look sees the loudest,
constexpr float kCompression = 0.3F;       // those that follow also what is soft

/// How much before or after an attack an event may seem to begin that begins with it.
constexpr float kBeforeAttackS = 0.04F;
constexpr float kAfterAttackS = 0.06F;

}  // namespace

float onset_by_attacks(float onset_s, std::span<const float> attacks_s) {
  float nearest_s = onset_s;
  float away_s = kAfterAttackS;
  for (const float attack_s : attacks_s) {
    const float late_s = onset_s - attack_s;
    if (late_s < -kBeforeAttackS || late_s > kAfterAttackS || std::abs(late_s) > away_s) continue;
    nearest_s = attack_s;
    away_s = std::abs(late_s);
  }
  return nearest_s;
}

std::vector<synthesis::EventSound> explain(const Stretch& stretch, Known known,
                                           const ExplainSettings& settings) {
  std::vector<synthesis::EventSound> events = std::move(known.events);
  const float peak = stretch.target.peak();
  const float floor = kSilent * (settings.however_soft ? stretch.target.loudest() : peak);
  float last_db = std::numeric_limits<float>::infinity();
  for (const Look& look : settings.looks) {
    const std::vector<synthesis::EventSound> before = events;
    const PowerMaps explained = explained_by(events, known.carried, peak);
    std::vector<float> left = unexplained(stretch.map, stretch.target.sound().fine, explained.fine);
    const float compression = events.empty() ? kFirstCompression : kCompression;
    for (synthesis::EventSound& event : propose(left, stretch.map, look.events, floor, compression, events)) {
      if (!settings.motion) event.glide_semitones = event.vibrato_semitones = 0.0F;
      event.onset_s = onset_by_attacks(event.onset_s, stretch.attacks_s);
      events.push_back(event);
    }
    const float distance_db = fit(events, stretch.target, known.carried, look.steps, settings.threads);
    const float wanted =
        std::min(settings.least_gain, settings.least_gain_each * static_cast<float>(look.events));
    if (last_db < settings.near_db && distance_db > (1.0F - wanted) * last_db) return before;
    last_db = distance_db;
    if (distance_db < settings.close_enough_db) break;
    if (settings.least_worth_db <= 0.0F) continue;
    std::vector<synthesis::EventSound> kept;
    for (const std::size_t place :
         worthy(events, stretch.target, known.carried, settings.least_worth_db, events.size()))
      kept.push_back(events[place]);
    events = std::move(kept);
  }
  return events;
}

std::vector<synthesis::EventSound> explain(const Stretch& stretch, std::span<const Look> looks, bool motion) {
  return explain(stretch, {stretch.nothing, {}}, {.looks = {looks.begin(), looks.end()}, .motion = motion});
}

}  // namespace ictus::analysis
