#include "lib/analysis/explain.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/fit.hpp"
#include "lib/analysis/lines.hpp"
#include "lib/analysis/missing.hpp"
#include "lib/analysis/worth.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;
using synthesis::PowerMap;

constexpr float kSilent = 3e-7F;           // of the loudest power: nothing is looked for below
constexpr float kFirstCompression = 0.5F;  // the first look sees the loudest,
constexpr float kCompression = 0.3F;       // those that follow also what is soft

/// How much before or after an attack an event may seem to begin that begins with it.
constexpr float kBeforeAttackS = 0.04F;
constexpr float kAfterAttackS = 0.06F;

}  // namespace

std::vector<Look> looks_for(int events, int steps) {
  constexpr int kFirstTimes = 16;  // as many steps as usual
  std::vector<Look> looks;
  int left = events;
  for (int next = 1; left > 0; next *= 2) {
    const int now = left < 2 * next ? left : next;
    looks.push_back({now, std::max(kFirstTimes / next, 1) * steps});
    left -= now;
  }
  return looks;
}

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

namespace {

/// How events of one kind are begun, fitted and heard.
template <typename Event>
struct Ways {
  std::function<Event(Proposal&&)> begin;
  std::function<float(std::vector<Event>&, int steps)> fit;  ///< their distance then
  std::function<std::vector<EventSound>(const std::vector<Event>&)> sounds;
};

template <typename Event>
std::vector<Event> look(const Stretch& stretch, Known<Event> known, const Ways<Event>& ways,
                        const ExplainSettings& settings) {
  std::vector<Event> events = std::move(known.events);
  const float peak = stretch.target.peak();
  const float floor = kSilent * (settings.however_soft ? stretch.target.loudest() : peak);
  const Missing missing(stretch.target);
  float last_db = std::numeric_limits<float>::infinity();
  for (const Look& look : settings.looks) {
    const std::vector<Event> before = events;
    const std::vector<EventSound> sounds = ways.sounds(events);
    const PowerMaps explained = explained_by(sounds, known.carried, peak);
    std::vector<float> left = unexplained(stretch.map, stretch.target.sound().fine, explained.fine);
    const float compression = events.empty() ? kFirstCompression : kCompression;
    for (Proposal& proposal :
         propose(left, stretch.map, stretch.low, look.events, floor, compression, sounds)) {
      EventSound& guess = proposal.guess;
      if (!settings.motion) guess.glide_semitones = guess.vibrato_semitones = 0.0F;
      guess.onset_s = onset_by_attacks(guess.onset_s, stretch.attacks_s);
      events.push_back(ways.begin(std::move(proposal)));
    }
    const float distance_db = ways.fit(events, look.steps);
    const float wanted =
        std::min(settings.least_gain, settings.least_gain_each * static_cast<float>(look.events));
    const bool pays = distance_db < (1.0F - wanted) * last_db;
    if (last_db < settings.near_db && !pays && !missing.is_any(explained)) return before;
    last_db = distance_db;
    if (distance_db < settings.close_enough_db &&
        !missing.is_any(explained_by(ways.sounds(events), known.carried, peak)))
      break;
    if (settings.least_worth_db <= 0.0F) continue;
    std::vector<Event> kept;
    for (const std::size_t place :
         worthy(ways.sounds(events), stretch.target, known.carried, settings.least_worth_db, events.size()))
      kept.push_back(events[place]);
    events = std::move(kept);
  }
  return events;
}

}  // namespace

std::vector<VectorEvent> explain(const Stretch& stretch, Known<VectorEvent> known,
                                 const EventNetworks& networks, const ExplainSettings& settings,
                                 std::vector<Proposal>* proposals) {
  const PowerMaps carried = known.carried;
  Ways<VectorEvent> ways;
  ways.begin = [&](Proposal&& proposal) {
    VectorEvent event = begun(proposal, networks.timbre, networks.proposals);
    if (proposals == nullptr) return event;
    event.proposal = static_cast<int>(proposals->size());
    proposals->push_back(std::move(proposal));
    return event;
  };
  ways.fit = [&](std::vector<VectorEvent>& events, int steps) {
    return fit_vectors(events, networks.timbre, stretch.target, carried,
                       {steps, frames_for_one(events.size())}, settings.threads);
  };
  ways.sounds = [&](const std::vector<VectorEvent>& events) { return sounds_of(events, networks.timbre); };
  return look(stretch, std::move(known), ways, settings);
}

namespace {

/// Whether a tone may be a partial of an event that is not quite where the event has it: strings are stiff.
bool is_partial_of_any(const EventSound& tone, const std::vector<VectorEvent>& events) {
  constexpr float kMostPartial = 16.0F;
  constexpr float kBelow = 0.05F, kAbove = 0.25F;  // of the number of the partial
  return std::any_of(events.begin(), events.end(), [&](const VectorEvent& event) {
    const auto value = [&](synthesis::NumberPlace place) {
      return synthesis::kNumbers[place].value_of(event.vector[place]);
    };
    if (value(synthesis::kBalance) < 0.0F) return false;
    const float number = std::exp2(tone.pitch_octaves) / value(synthesis::kPitch);
    const float whole = std::floor(number + kBelow);
    return whole >= 1.0F && whole <= kMostPartial && number - whole <= kAbove;
  });
}

}  // namespace

std::optional<LackingTone> lacking_tone(const Stretch& stretch, const Known<VectorEvent>& known,
                                        const EventNetworks& networks) {
  const PowerMap& sound = stretch.target.sound().fine;
  const float peak = stretch.target.peak();
  const PowerMap explained = explained_by(sounds_of(known.events, networks.timbre), known.carried, peak).fine;
  const auto line = strongest_line(sound, explained, stretch.target.loudest());
  if (!line) return std::nullopt;
  BinMap left = stretch.map;
  const std::vector<float> powers = unexplained(stretch.map, sound, explained);
  left.powers = powers;
  Proposal tone = tone_proposal(*line, stretch.map, left, kSilent * peak, known.events.size());
  const bool is_too_high = std::exp2(tone.guess.pitch_octaves) > synthesis::kNumbers[synthesis::kPitch].high;
  if (is_too_high || is_partial_of_any(tone.guess, known.events)) return std::nullopt;
  tone.guess.onset_s = onset_by_attacks(tone.guess.onset_s, stretch.attacks_s);
  LackingTone lacking{begun(tone, networks.timbre, networks.proposals), line->band, line->excess_db};
  lacking.event.stands_out = true;
  return lacking;
}

std::vector<EventSound> explain_freely(const Stretch& stretch, std::span<const Look> looks, bool motion) {
  Ways<EventSound> ways;
  ways.begin = [](Proposal&& proposal) { return proposal.guess; };
  ways.fit = [&](std::vector<EventSound>& events, int steps) {
    return fit(events, stretch.target, stretch.nothing, steps);
  };
  ways.sounds = [](const std::vector<EventSound>& events) { return events; };
  return look<EventSound>(stretch, {stretch.nothing, {}}, ways,
                          {.looks = {looks.begin(), looks.end()}, .motion = motion});
}

}  // namespace ictus::analysis
