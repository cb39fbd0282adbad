#include "lib/analysis/explain.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
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

/// So many events at most are tried for one that can be spared, the least worthy of them, and fitted on
/// without it for so many times the steps of a look.
constexpr std::size_t kFew = 16;
constexpr std::size_t kSpareTries = 3;
constexpr int kSpareLooks = 3;

/// Leaves out one event after the other without which the rest, fitted on, explains as much: those that share
/// what one of them can say.
std::vector<synthesis::EventSound> without_spare(std::vector<synthesis::EventSound> events, float distance_db,
                                                 const Target& target, const PowerMaps& carried,
                                                 const ExplainSettings& settings) {
  const int steps = settings.looks.empty() ? 0 : kSpareLooks * settings.looks.back().steps;
  const auto spared = [&] {
    if (events.size() < 2 || events.size() > kFew) return false;
    const std::vector<float> worth = worths(events, target, carried);
    std::vector<std::size_t> order(events.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return worth[a] < worth[b]; });
    order.resize(std::min(order.size(), kSpareTries));
    for (const std::size_t place : order) {
      std::vector<synthesis::EventSound> rest = events;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
      const float rest_db = fit(rest, target, carried, steps, settings.threads);
      if (rest_db > settings.near_db || rest_db > (1.0F + settings.least_share) * distance_db) continue;
      events = std::move(rest);
      distance_db = rest_db;
      return true;
    }
    return false;
  };
  while (spared()) continue;
  return events;
}

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
    for (synthesis::EventSound& event : propose(left, stretch.map, look.events, floor, compression)) {
      if (!settings.motion) event.glide_semitones = event.vibrato_semitones = 0.0F;
      event.onset_s = onset_by_attacks(event.onset_s, stretch.attacks_s);
      events.push_back(event);
    }
    const float distance_db = fit(events, stretch.target, known.carried, look.steps, settings.threads);
    const float wanted =
        std::min(settings.least_gain, settings.least_gain_each * static_cast<float>(look.events));
    if (last_db < settings.near_db && distance_db > (1.0F - wanted) * last_db) {
      events = before;
      break;
    }
    last_db = distance_db;
    if (distance_db < settings.close_enough_db) break;
    if (settings.least_worth_db <= 0.0F) continue;
    std::vector<synthesis::EventSound> kept;
    for (const std::size_t place :
         worthy(events, stretch.target, known.carried, settings.least_worth_db, events.size()))
      kept.push_back(events[place]);
    events = std::move(kept);
  }
  if (settings.least_share > 0.0F && last_db < settings.near_db)
    events = without_spare(std::move(events), last_db, stretch.target, known.carried, settings);
  return events;
}

std::vector<synthesis::EventSound> explain(const Stretch& stretch, std::span<const Look> looks, bool motion) {
  return explain(stretch, {stretch.nothing, {}}, {.looks = {looks.begin(), looks.end()}, .motion = motion});
}

}  // namespace ictus::analysis
