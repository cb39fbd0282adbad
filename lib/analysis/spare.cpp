#include "lib/analysis/spare.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "lib/analysis/distance_slopes.hpp"
#include "lib/analysis/lines.hpp"
#include "lib/analysis/missing.hpp"
#include "lib/analysis/worth.hpp"
#include "lib/synthesis/spectrum.hpp"

namespace ictus::analysis {
namespace {

/// So many events at most are tried one by one, the least worthy of them first.
constexpr std::size_t kFew = 16;
constexpr std::size_t kTries = 3;
constexpr float kMostlyNoise = 0.7F;  // of what is heard: tones beside it may be noise, too
constexpr float kLoudness = 0.6F;     // what power is raised to: a soft floor below a tone is not most of it

bool is_tonal(const VectorEvent& event) {
  return synthesis::kNumbers[synthesis::kBalance].value_of(event.vector[synthesis::kBalance]) >= 0.0F;
}

synthesis::EventSound partials_alone(synthesis::EventSound sound) {
  constexpr float kNoNoiseDb = 100.0F;
  sound.gain_db += 10.0F * std::log10(synthesis::partials_share(sound));
  sound.balance_db = kNoNoiseDb;
  return sound;
}

/// An event from where one begins to where another ends, if the pitch goes on from one to the other.
std::optional<VectorEvent> joined(const VectorEvent& first, const VectorEvent& next) {
  using namespace synthesis;
  constexpr float kLeastLaterS = 0.05F;
  constexpr float kMostApartS = 0.3F;
  constexpr float kMostApartSemitones = 0.7F;
  constexpr float kMostApartGliding = 1.5F;  // semitones: the parts of one glide may not quite meet
  constexpr float kStill = 0.3F;             // semitones
  const auto value = [](const VectorEvent& event, NumberPlace place) {
    return kNumbers[place].value_of(event.vector[place]);
  };
  if (!is_tonal(first) || !is_tonal(next)) return std::nullopt;
  const float later_s = next.onset_s - first.onset_s;
  if (later_s < kLeastLaterS || std::abs(later_s - value(first, kHold)) > kMostApartS) return std::nullopt;
  const float rise = 12.0F * std::log2(value(next, kPitch) / value(first, kPitch));
  const float left = std::max(1.0F - later_s / value(first, kGlideTime), 0.0F) * value(first, kGlide);
  const bool first_glides = std::abs(value(first, kGlide)) > kStill;
  const bool next_glides = std::abs(value(next, kGlide)) > kStill;
  const float most_apart = first_glides && next_glides ? kMostApartGliding : kMostApartSemitones;
  if (std::abs(rise + value(next, kGlide) - left) > most_apart) return std::nullopt;
  if (next_glides && !first_glides) return std::nullopt;  // a glide begins with its event

  VectorEvent whole = value(first, kHold) > value(next, kHold) ? first : next;
  const auto set = [&](NumberPlace place, float number) {
    const NamedNumber& named = kNumbers[place];
    whole.vector[place] = named.number_of(std::clamp(number, named.low, named.high));
  };
  whole.onset_s = first.onset_s;
  whole.is_placed = first.is_placed;
  whole.stands_out = first.stands_out || next.stands_out;
  whole.gain_db = std::max(first.gain_db, next.gain_db);
  whole.vector[kAttack] = first.vector[kAttack];
  whole.vector[kPitch] = next.vector[kPitch];
  whole.vector[kDamping] = next.vector[kDamping];
  set(kHold, later_s + value(next, kHold));
  set(kGlide, first_glides ? value(first, kGlide) - rise : 0.0F);
  set(kGlideTime, next_glides ? later_s + value(next, kGlideTime) : value(first, kGlideTime));
  return whole;
}

/// Some of the events of a sound, and how well they explain it.
class Sparing {
 public:
  Sparing(std::vector<VectorEvent> events, float distance_db, const synthesis::TimbreNetwork& network,
          const Target& target, const PowerMaps& carried, const SpareSettings& settings)
      : events_(std::move(events)),
        distance_db_(distance_db),
        network_(network),
        target_(target),
        carried_(carried),
        settings_(settings),
        missing_(target),
        short_(short_of(events_)),
        line_db_(line_db_of(events_)),
        is_mostly_noise_(noise_share() > kMostlyNoise) {}

  /// Makes noise of tones, if all of them are explained nearly as well by noise and no tone stands out then.
  void retell_as_noise() {
    const synthesis::NamedNumber& balance = synthesis::kNumbers[synthesis::kBalance];
    std::vector<VectorEvent> retold = events_;
    for (VectorEvent& event : retold)
      if (is_tonal(event) && !event.stands_out)
        event.vector[synthesis::kBalance] = balance.number_of(balance.low);
    const float retold_db =
        fit_vectors(retold, network_, target_, carried_, {settings_.steps}, settings_.threads);
    if (retold_db > (1.0F + settings_.noise_part) * distance_db_) return;
    if (line_db_of(retold) > most_line_db()) return;
    events_ = std::move(retold);
    distance_db_ = retold_db;
    short_.of_tones_db = short_of(events_).of_tones_db;
    // What is left of tones in noise may be noise, too; the lines among them are looked for by themselves.
    if (noise_share() > kMostlyNoise)
      std::fill(short_.of_tones_db.begin(), short_.of_tones_db.end(), std::numeric_limits<float>::infinity());
  }

  /// All but the fewest that are good enough.
  void spare_many(float good_db) {
    constexpr float kMore = 0.1F;  // a pure tone fills few bands, but holds much energy
    const float most_convergence = convergence_of(events_) + kMore;
    std::size_t too_few = 0;
    while (events_.size() - too_few > 1) {
      const std::size_t middle = (too_few + events_.size()) / 2;
      std::vector<VectorEvent> some = worthiest(middle);
      if (some.size() == events_.size() || !take(std::move(some), good_db, most_convergence))
        too_few = middle;
    }
  }

  /// One of the least worthy. Returns whether there was one to spare.
  bool spare_one(float good_db) {
    const float most = 1.0F + settings_.least_share;
    constexpr float kMore = 0.03F;
    const float most_convergence = most * convergence_of(events_) + kMore;
    const float most_db = std::max(std::min(settings_.near_db, most * distance_db_), good_db);
    for (const std::size_t place : least_worthy()) {
      std::vector<VectorEvent> rest = events_;
      rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(place));
      if (take(std::move(rest), most_db, most_convergence)) return true;
    }
    return false;
  }

  /// Two of which one goes on where the other ends, as one. Returns whether there were such.
  bool join_one() {
    constexpr float kMore = 0.03F;
    const float most_db = (1.0F + 0.5F * settings_.least_share) * distance_db_;
    const float most_convergence = convergence_of(events_) + kMore;
    for (std::size_t a = 0; a < events_.size(); ++a) {
      for (std::size_t b = 0; b < events_.size(); ++b) {
        const auto whole = a == b ? std::nullopt : joined(events_[a], events_[b]);
        if (!whole) continue;
        std::vector<VectorEvent> rest = events_;
        rest[a] = *whole;
        rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(b));
        if (take(std::move(rest), most_db, most_convergence)) return true;
      }
    }
    return false;
  }

  /// How much of what is heard is explained by noise, 0..1.
  [[nodiscard]] float noise_share() const {
    std::vector<synthesis::EventSound> sounds = sounds_of(events_, network_);
    const synthesis::PowerMap all = explained_by(sounds, carried_, target_.peak()).fine;
    std::transform(sounds.begin(), sounds.end(), sounds.begin(), partials_alone);
    const synthesis::PowerMap tonal = explained_by(sounds, carried_, target_.peak()).fine;
    double whole = 0.0;
    double noise = 0.0;
    for (std::size_t i = 0; i < all.values.size(); ++i) {
      if (all.values[i] <= 0.0F) continue;
      const auto loudness = static_cast<double>(std::pow(all.values[i], kLoudness));
      whole += loudness;
      noise += loudness * (1.0 - static_cast<double>(tonal.values[i] / all.values[i]));
    }
    return static_cast<float>(noise / std::max(whole, 1e-30));
  }

  [[nodiscard]] std::size_t count() const { return events_.size(); }
  [[nodiscard]] float distance_db() const { return distance_db_; }
  [[nodiscard]] std::vector<VectorEvent> events() && { return std::move(events_); }

 private:
  /// Fits some of the events, and goes on with them alone if they are near enough and nothing is missing.
  bool take(std::vector<VectorEvent>&& some, float most_db, float most_convergence) {
    // Few have to say in another way what is gone, as have those of which half are. Most of many go on from
    // where they are: whole steps would first take them twice as far from the sound.
    constexpr std::size_t kMany = 32;
    constexpr float kMost = 0.7F;        // of the events so far
    constexpr float kGentlePace = 0.3F;  // of the usual
    constexpr float kGentleSteps = 0.45F;
    const bool go_on =
        some.size() >= kMany && static_cast<float>(some.size()) >= kMost * static_cast<float>(events_.size());
    const auto steps = static_cast<float>(settings_.steps);
    const FitSteps fitting{
        .count = go_on ? static_cast<int>(std::ceil(kGentleSteps * steps)) : settings_.steps,
        .pace = go_on ? kGentlePace : 1.0F};
    const float some_db = fit_vectors(some, network_, target_, carried_, fitting, settings_.threads);
    if (some_db > most_db || convergence_of(some) > most_convergence || loses(some)) return false;
    events_ = std::move(some);
    distance_db_ = some_db;
    return true;
  }

  [[nodiscard]] PowerMaps power(const std::vector<VectorEvent>& some) const {
    return explained_by(sounds_of(some, network_), carried_, target_.peak());
  }
  /// By how much a tone that is not explained stands out, 0 where none does.
  [[nodiscard]] float line_db_of(const std::vector<VectorEvent>& some) const {
    const auto line = strongest_line(target_.sound().fine, power(some).fine, target_.loudest());
    return line ? line->excess_db : 0.0F;
  }
  /// By how much one may. Where all events lack one, other partials are told by `shortfall_db`; beside noise
  /// a tone is soft, and nothing else tells of it.
  [[nodiscard]] float most_line_db() const {
    constexpr float kMoreDb = 6.0F;
    if (line_db_ <= 0.0F) return 0.0F;
    return is_mostly_noise_ ? line_db_ + kMoreDb : std::numeric_limits<float>::infinity();
  }
  [[nodiscard]] float convergence_of(const std::vector<VectorEvent>& some) const {
    return target_.convergence(power(some));
  }
  /// What is missing where events are as they will be read: of all of them, and of the tones among them.
  struct Short {
    std::vector<float> of_all_db, of_tones_db;
  };
  [[nodiscard]] Short short_of(const std::vector<VectorEvent>& some) const {
    std::vector<VectorEvent> written, tones;
    for (const VectorEvent& event : some) {
      written.push_back(settings_.as_written(event));
      if (is_tonal(written.back())) tones.push_back(written.back());
    }
    return {missing_.shortfall_db(power(written)), missing_.shortfall_db(power(tones))};
  }
  /// Whether something that is heard goes missing which all events made, or a tone becomes a part of noise.
  [[nodiscard]] bool loses(const std::vector<VectorEvent>& some) const {
    if (line_db_of(some) > most_line_db()) return true;
    // For some moments a tone may become a part of noise beside which it is soft, not for more than a second.
    constexpr float kMostOfTonesDb = 6.0F * Missing::kMostDb;
    const Short now = short_of(some);
    for (std::size_t b = 0; b < now.of_all_db.size(); ++b) {
      if (now.of_all_db[b] > short_.of_all_db[b] + Missing::kMostDb) return true;
      if (now.of_tones_db[b] > short_.of_tones_db[b] + kMostOfTonesDb) return true;
    }
    return false;
  }

  /// So many, and what stands out besides.
  [[nodiscard]] std::vector<VectorEvent> worthiest(std::size_t count) const {
    std::vector<bool> stays;
    for (const VectorEvent& event : events_) stays.push_back(event.stands_out);
    for (const std::size_t place : worthy(sounds_of(events_, network_), target_, carried_, 0.0F, count))
      stays[place] = true;
    std::vector<VectorEvent> some;
    for (std::size_t place = 0; place < events_.size(); ++place)
      if (stays[place]) some.push_back(events_[place]);
    return some;
  }

  [[nodiscard]] std::vector<std::size_t> least_worthy() const {
    const std::vector<float> worth = worths(sounds_of(events_, network_), target_, carried_);
    std::vector<std::size_t> order(events_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return worth[a] < worth[b]; });
    std::erase_if(order, [&](std::size_t place) { return events_[place].stands_out; });
    order.resize(std::min(order.size(), kTries));
    return order;
  }

  std::vector<VectorEvent> events_;
  float distance_db_;
  const synthesis::TimbreNetwork& network_;
  const Target& target_;
  const PowerMaps& carried_;
  const SpareSettings& settings_;
  Missing missing_;
  Short short_;    ///< of all events
  float line_db_;  ///< of all events
  bool is_mostly_noise_;
};

}  // namespace

std::vector<VectorEvent> without_spare(std::vector<VectorEvent> events, float& distance_db,
                                       const synthesis::TimbreNetwork& network, const Target& target,
                                       const PowerMaps& carried, const SpareSettings& settings) {
  if (events.empty()) return events;
  Sparing sparing(std::move(events), distance_db, network, target, carried, settings);
  float good_db = settings.good_db;
  if (sparing.noise_share() > kMostlyNoise) {
    sparing.retell_as_noise();
    distance_db = sparing.distance_db();
    // Noise fluctuates about what any event says of it.
    if (sparing.noise_share() > kMostlyNoise)
      good_db = std::max(good_db, (1.0F + settings.noise_part) * distance_db);
  }
  if (distance_db > std::max(settings.near_db, good_db)) return std::move(sparing).events();
  if (distance_db < good_db) sparing.spare_many(good_db);
  while (sparing.count() > 1 && sparing.count() <= kFew && sparing.join_one()) continue;
  while (sparing.count() > 1 && sparing.count() <= kFew && sparing.spare_one(good_db)) continue;
  distance_db = sparing.distance_db();
  return std::move(sparing).events();
}

}  // namespace ictus::analysis
