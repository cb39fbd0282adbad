#include "lib/synthesis/event_notes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/core/pitch.hpp"

namespace ictus::synthesis {
namespace {

constexpr double kWholeS = 0.5;      // from which on a note is no louder for lasting longer
constexpr double kSameKeyS = 0.08;   // within which a key is not played again
constexpr double kTogetherS = 0.05;  // within which what begins may be parts of one sound
constexpr int kMostPartial = 8;
constexpr double kPartialCents = 40.0;
constexpr double kPartialDb = 3.0;  // by which a part is softer than the whole
constexpr double kAroundS = 2.0;
constexpr double kSofterDb = 15.0;  // than the loudest note around

double level_db(const EventDescription& heard) {
  return heard.loudness_db + 10.0 * std::log10(std::clamp(heard.duration_s / kWholeS, 1e-6, 1.0)) +
         heard.tonal_db;
}

double key_of(const EventDescription& heard) { return key_of_hz(heard.pitch_hz); }

/// Whether one pitch is a partial of the other.
bool is_partial(double hz, double other_hz) {
  const double ratio = std::max(hz, other_hz) / std::min(hz, other_hz);
  const double whole = std::round(ratio);
  return whole >= 2.0 && whole <= kMostPartial &&
         std::abs(1200.0 * std::log2(ratio / whole)) <= kPartialCents;
}

}  // namespace

std::vector<EventNote> notes_among(std::span<const double> onsets_s,
                                   std::span<const EventDescription> heard) {
  std::vector<EventNote> candidates;
  for (std::size_t e = 0; e < heard.size(); ++e)
    if (heard[e].pitch_hz > 0.0 && std::isfinite(heard[e].loudness_db))
      candidates.push_back({e, level_db(heard[e])});
  std::vector<std::size_t> by_level(candidates.size());
  std::iota(by_level.begin(), by_level.end(), std::size_t{0});
  std::stable_sort(by_level.begin(), by_level.end(), [&](std::size_t a, std::size_t b) {
    return candidates[a].level_db > candidates[b].level_db;
  });

  std::vector<bool> is_kept(candidates.size(), false);
  /// Calls use(place) for the others that are kept and begin within so many seconds.
  const auto for_kept_around = [&](std::size_t place, double within_s, const auto& use) {
    const double onset_s = onsets_s[candidates[place].event];
    for (std::size_t i = place; i-- > 0 && onset_s - onsets_s[candidates[i].event] <= within_s;)
      if (is_kept[i]) use(i);
    for (std::size_t i = place + 1;
         i < candidates.size() && onsets_s[candidates[i].event] - onset_s <= within_s; ++i)
      if (is_kept[i]) use(i);
  };
  for (const std::size_t place : by_level) {
    const EventDescription& own = heard[candidates[place].event];
    bool is_part = false;
    for_kept_around(place, kSameKeyS, [&](std::size_t i) {
      const EventDescription& louder = heard[candidates[i].event];
      const double apart_s = std::abs(onsets_s[candidates[place].event] - onsets_s[candidates[i].event]);
      const bool is_same = std::lround(key_of(own)) == std::lround(key_of(louder));
      const bool is_within = apart_s <= kTogetherS && is_partial(own.pitch_hz, louder.pitch_hz) &&
                             candidates[place].level_db <= candidates[i].level_db - kPartialDb;
      is_part = is_part || is_same || is_within;
    });
    is_kept[place] = !is_part;
  }

  std::vector<EventNote> notes;
  for (std::size_t place = 0; place < candidates.size(); ++place) {
    if (!is_kept[place]) continue;
    double loudest_db = candidates[place].level_db;
    for_kept_around(place, kAroundS,
                    [&](std::size_t i) { loudest_db = std::max(loudest_db, candidates[i].level_db); });
    if (candidates[place].level_db >= loudest_db - kSofterDb) notes.push_back(candidates[place]);
  }
  return notes;
}

}  // namespace ictus::synthesis
