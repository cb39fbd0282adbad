#include "lib/synthesis/event_notes.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "lib/core/pitch.hpp"

namespace ictus::synthesis {
namespace {

constexpr double kWholeS = 0.5;      // from which on a note is no louder for lasting longer
constexpr double kSameKeyS = 0.08;   // within which a key is not played again
constexpr double kTogetherS = 0.05;  // within which what begins may be parts of one sound
constexpr int kMostPartial = 8;
constexpr double kPartialCents = 40.0;
constexpr double kPartialDb = 3.0;  // by which a part is softer than the whole
/// A tone is heard as the first partial of one above that is louder by no more than this, and lasts no more
/// than so many times as long.
constexpr double kFundamentalDb = 12.0;
constexpr double kFundamentalLonger = 2.0;
/// The same of one above whose own first partial, which is not heard, lies there.
constexpr double kSplitDb = 20.0;
/// A knock is so short, and begins with a tone that lasts so many times as long and is softer by no more.
constexpr double kKnockS = 0.35;
constexpr double kKnockTogetherS = 0.06;
constexpr double kKnockLonger = 2.0;
constexpr double kKnockDb = 30.0;
constexpr double kAroundS = 2.0;
constexpr double kSofterDb = 15.0;  // than the loudest note around

/// An event that may be a note.
struct Candidate {
  EventNote note;
  double own_db;  ///< its level without what is part of it
  double onset_s, key, hz, first_hz, duration_s;
};

double level_db(const EventDescription& heard) {
  return heard.loudness_db + 10.0 * std::log10(std::clamp(heard.duration_s / kWholeS, 1e-6, 1.0)) +
         heard.tonal_db;
}

std::vector<Candidate> candidates_of(std::span<const double> onsets_s,
                                     std::span<const EventDescription> heard) {
  std::vector<Candidate> candidates;
  for (std::size_t e = 0; e < heard.size(); ++e) {
    const EventDescription& own = heard[e];
    if (own.pitch_hz <= 0.0 || !std::isfinite(own.loudness_db)) continue;
    const double own_db = level_db(own);
    candidates.push_back({{e, own_db},
                          own_db,
                          onsets_s[e],
                          key_of_hz(own.pitch_hz),
                          own.pitch_hz,
                          own.first_hz,
                          own.duration_s});
  }
  return candidates;
}

/// Calls use() for those that begin within so many seconds of `own`, which is one of them.
template <typename Use>
void for_around(const std::vector<Candidate>& all, const Candidate& own, double within_s, const Use& use) {
  auto other = std::lower_bound(all.begin(), all.end(), own.onset_s - within_s,
                                [](const Candidate& one, double onset_s) { return one.onset_s < onset_s; });
  for (; other != all.end() && other->onset_s <= own.onset_s + within_s; ++other)
    if (&*other != &own) use(*other);
}

/// Those that are no part of a louder one, asked the loudest first: is_part(own, louder).
std::vector<Candidate> without_parts(
    const std::vector<Candidate>& all, double within_s,
    const std::function<bool(const Candidate& own, const Candidate& louder)>& is_part) {
  std::vector<std::size_t> by_level(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) by_level[i] = i;
  std::stable_sort(by_level.begin(), by_level.end(),
                   [&](std::size_t a, std::size_t b) { return all[a].note.level_db > all[b].note.level_db; });
  std::vector<bool> is_kept(all.size());
  for (const std::size_t place : by_level) {
    bool belongs = false;
    for_around(all, all[place], within_s, [&](const Candidate& other) {
      belongs =
          belongs || (is_kept[static_cast<std::size_t>(&other - all.data())] && is_part(all[place], other));
    });
    is_kept[place] = !belongs;
  }
  std::vector<Candidate> kept;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (is_kept[i]) kept.push_back(all[i]);
  return kept;
}

std::vector<Candidate> without_knocks(const std::vector<Candidate>& all) {
  std::vector<Candidate> kept;
  for (const Candidate& own : all) {
    bool is_knock = false;
    for_around(all, own, kKnockTogetherS, [&](const Candidate& other) {
      is_knock = is_knock || (other.duration_s >= kKnockLonger * own.duration_s &&
                              other.note.level_db >= own.note.level_db - kKnockDb);
    });
    if (!is_knock || own.duration_s > kKnockS) kept.push_back(own);
  }
  return kept;
}

/// Whether one pitch is a partial of a lower one.
bool is_partial(double hz, double low_hz) {
  const double ratio = hz / low_hz;
  const double whole = std::round(ratio);
  return whole >= 2.0 && whole <= kMostPartial &&
         std::abs(1200.0 * std::log2(ratio / whole)) <= kPartialCents;
}

/// Whether the partials of one tone are two events: the one above has those alone that the other lacks.
bool are_split(const Candidate& low, const Candidate& high) {
  return is_partial(high.hz, low.hz) && high.first_hz > 0.0 &&
         std::abs(1200.0 * std::log2(high.first_hz / low.hz)) <= kPartialCents &&
         high.own_db <= low.own_db + kSplitDb;
}

/// Whether a tone is heard as the first partial of one above it.
bool is_fundamental(const Candidate& low, const Candidate& high) {
  if (are_split(low, high)) return true;
  return is_partial(high.hz, low.hz) && high.own_db <= low.own_db + kFundamentalDb &&
         high.duration_s <= kFundamentalLonger * low.duration_s;
}

/// Makes each as loud as it is with its partials that are events of their own.
void add_partials(std::vector<Candidate>& all) {
  for (Candidate& own : all) {
    double power = std::pow(10.0, 0.1 * own.own_db);
    for_around(all, own, kTogetherS, [&](const Candidate& other) {
      if (is_fundamental(own, other)) power += std::pow(10.0, 0.1 * other.own_db);
    });
    own.note.level_db = 10.0 * std::log10(power);
  }
}

/// Whether a tone is a partial of a louder one, or one below of which that would be a partial.
bool is_part(const Candidate& own, const Candidate& louder) {
  if (are_split(louder, own)) return true;
  if (own.own_db > louder.own_db - kPartialDb) return false;
  return own.hz > louder.hz ? is_partial(own.hz, louder.hz)
                            : is_partial(louder.hz, own.hz) && !is_fundamental(own, louder);
}

}  // namespace

std::vector<EventNote> notes_among(std::span<const double> onsets_s,
                                   std::span<const EventDescription> heard) {
  std::vector<Candidate> kept = without_parts(candidates_of(onsets_s, heard), kSameKeyS,
                                              [](const Candidate& own, const Candidate& louder) {
                                                return std::lround(own.key) == std::lround(louder.key);
                                              });
  kept = without_knocks(kept);
  add_partials(kept);
  kept = without_parts(kept, kTogetherS, is_part);
  std::vector<EventNote> notes;
  for (const Candidate& own : kept) {
    double loudest_db = own.note.level_db;
    for_around(kept, own, kAroundS,
               [&](const Candidate& other) { loudest_db = std::max(loudest_db, other.note.level_db); });
    if (own.note.level_db >= loudest_db - kSofterDb) notes.push_back(own.note);
  }
  return notes;
}

}  // namespace ictus::synthesis
