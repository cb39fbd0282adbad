#include "lib/analysis/doubles.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "lib/analysis/shares.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;

constexpr float kSameSemitones = 0.5F;
constexpr float kLeastTonalDb = -10.0F;  // balance below which an event is noise, and has no pitch
constexpr float kAtOnceS = 0.06F;        // apart, events begin together
constexpr float kLetGoS = 0.1F;          // after its hold, an event does not sound
constexpr float kDiedAwayDb = 30.0F;

bool is_tonal(const EventSound& sound) { return sound.balance_db >= kLeastTonalDb; }

/// Whether two events have one pitch, where the later begins.
bool are_alike(const EventSound& a, const EventSound& b) {
  if (!is_tonal(a) || !is_tonal(b)) return false;
  const float at_s = std::max(a.onset_s, b.onset_s);
  const auto semitones = [at_s](const EventSound& sound) {
    return 12.0F * sound.pitch_octaves + synthesis::deviation_semitones(sound, at_s - sound.onset_s);
  };
  return std::abs(semitones(a) - semitones(b)) <= kSameSemitones;
}

bool sounds_after(const EventSound& sound, float elapsed_s) {
  return elapsed_s < std::exp(sound.hold_log_s) + kLetGoS &&
         std::exp(sound.decay_log_rate[1]) * elapsed_s < kDiedAwayDb * synthesis::kTenthOfLog10;
}

/// Whether the first partials get louder where an event begins.
bool rises(const EventSound& event, const BinMap& map) {
  constexpr int kFirstPartials = 8;
  constexpr int kGap = 2;  // frames that see both
  constexpr int kSeen = 3;
  constexpr float kRise = 2.5F;  // 4 dB
  const float hz = std::exp2(event.pitch_octaves + synthesis::deviation_semitones(event, 0.0F) / 12.0F);
  const auto power_at = [&](int frame) {
    float sum = 0.0F;
    if (frame < 0 || frame >= map.frames) return sum;
    for (int h = 1; h <= kFirstPartials; ++h) {
      const auto bin = static_cast<int>(std::lround(hz * static_cast<float>(h) / map.hz_per_bin));
      if (bin + 1 >= map.bins) break;
      for (int k = std::max(bin - 1, 0); k <= bin + 1; ++k)
        sum += map.frame(frame)[static_cast<std::size_t>(k)];
    }
    return sum;
  };
  const auto onset = static_cast<int>(event.onset_s / map.hop_s);
  float before = 0.0F, after = 0.0F;
  for (int i = 0; i < kSeen; ++i) {
    before += power_at(onset - kGap - i);
    after += power_at(onset + kGap + i);
  }
  return after >= kRise * before;
}

int end_of(const Share& share) { return share.begin + share.power.fine.frames; }

/// Events and the sum of their powers, in which some take over what others have.
class Merging : private SumOfShares {
 public:
  Merging(const std::vector<EventSound>& sounds, const Target& target, const PowerMaps& carried)
      : SumOfShares(sounds, target, carried), sounds_(sounds) {
    for (const Share& share : shares_) {
      double energy = 0.0;
      for (const float power : share.power.coarse.values) energy += static_cast<double>(power);
      energies_.push_back(energy);
    }
  }

  /// Whether `from` is the weaker of two events of one pitch, and for half of its time there are both.
  [[nodiscard]] bool may_take(std::size_t from, std::size_t to) const {
    if (energies_[to] <= 0.0 || energies_[from] > energies_[to]) return false;
    if (!are_alike(sounds_[from], sounds_[to])) return false;
    const int both = std::min(end_of(shares_[from]), end_of(shares_[to])) -
                     std::max(shares_[from].begin, shares_[to].begin);
    return 2 * both > shares_[from].power.fine.frames;
  }
  /// What `to` gains when it takes over the energy of `from`, as a part of its power.
  [[nodiscard]] float gain(std::size_t from, std::size_t to) const {
    return static_cast<float>(energies_[from] / energies_[to]);
  }
  /// By how much the distance rises then, in dB times seconds; convergence is left out.
  [[nodiscard]] float cost(std::size_t from, std::size_t to) const {
    const int begin = std::min(shares_[from].begin, shares_[to].begin);
    PowerMaps now = sum_.between(begin, std::max(end_of(shares_[from]), end_of(shares_[to])));
    const double before_db = target_.sums(now, begin).weighted_db;
    add(shares_[from], -1.0F, now, begin);
    add(shares_[to], gain(from, to), now, begin);
    now.hold_positive();
    return static_cast<float>(target_.sums(now, begin).weighted_db - before_db) * seconds_;
  }
  void take(std::size_t from, std::size_t to) {
    const float more = gain(from, to);
    add(shares_[from], -1.0F, sum_);
    add(shares_[to], more, sum_);
    sum_.hold_positive();
    for (float& value : shares_[to].power.fine.values) value *= 1.0F + more;
    for (float& value : shares_[to].power.coarse.values) value *= 1.0F + more;
    energies_[to] += energies_[from];
  }

 private:
  const std::vector<EventSound>& sounds_;
  std::vector<double> energies_;
};

}  // namespace

bool is_double(const EventSound& proposal, std::span<const EventSound> known, const BinMap& map) {
  return std::any_of(known.begin(), known.end(), [&](const EventSound& other) {
    const float elapsed_s = proposal.onset_s - other.onset_s;
    if (elapsed_s < -kAtOnceS || !sounds_after(other, elapsed_s) || !are_alike(proposal, other)) return false;
    return elapsed_s < kAtOnceS || !rises(proposal, map);
  });
}

std::vector<VectorEvent> without_doubles(std::vector<VectorEvent> events,
                                         const synthesis::TimbreNetwork& network, const Target& target,
                                         const PowerMaps& carried, float most_db_s) {
  struct Pair {
    float cost;
    std::size_t from, to;
  };
  const std::vector<EventSound> sounds = sounds_of(events, network);
  Merging merging(sounds, target, carried);
  std::vector<bool> is_left(events.size(), true);
  std::vector<Pair> pairs;
  const auto weigh = [&](std::size_t from, std::size_t to) {
    if (from != to && is_left[from] && is_left[to] && merging.may_take(from, to))
      pairs.push_back({merging.cost(from, to), from, to});
  };
  for (std::size_t from = 0; from < events.size(); ++from)
    for (std::size_t to = 0; to < events.size(); ++to) weigh(from, to);
  while (!pairs.empty()) {
    const auto [cost, from, to] = *std::min_element(
        pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.cost < b.cost; });
    if (cost > most_db_s) break;
    events[to].gain_db += 10.0F * std::log10(1.0F + merging.gain(from, to));
    merging.take(from, to);
    is_left[from] = false;
    const auto is_stale = [from = from, to = to](const Pair& pair) {
      return pair.from == from || pair.to == from || pair.from == to || pair.to == to;
    };
    std::erase_if(pairs, is_stale);
    for (std::size_t other = 0; other < events.size(); ++other) {
      weigh(other, to);
      weigh(to, other);
    }
  }
  std::vector<VectorEvent> left;
  for (std::size_t e = 0; e < events.size(); ++e)
    if (is_left[e]) left.push_back(events[e]);
  return left;
}

}  // namespace ictus::analysis
