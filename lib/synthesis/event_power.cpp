#include "lib/synthesis/event_power.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "lib/core/wide.hpp"
#include "lib/synthesis/lobe.hpp"
#include "lib/synthesis/moving_lobe.hpp"
#include "lib/synthesis/rings.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_loops.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kDamperDoneS = 0.2F;    // after which a damper has come down whatever its rate
constexpr float kMovingLeast = 100.0F;  // times what is negligible: partials that move cost more
constexpr float kQuiet = 1e-25F;        // powers below would become numbers that processors are slow with

// ---- Loops over frames.

ICTUS_WIDE void decaying(float rate, float lift_log, const float* power, const float* elapsed, int frames,
                         float* out) {
  for (int t = 0; t < frames; ++t) out[t] = power[t] * wide_exp(lift_log - rate * elapsed[t]);
}
/// by_log += slope * power, by_elapsed -= rate * slope * power; returns the sum of slope * power * elapsed.
ICTUS_WIDE float decay_slopes(float rate, const float* slope, const float* power, const float* elapsed,
                              int frames, float* by_log, float* by_elapsed) {
  constexpr int kLanes = 16;
  std::array<float, kLanes> lane{};
  int t = 0;
  for (; t + kLanes <= frames; t += kLanes) {
    for (int i = 0; i < kLanes; ++i) {
      const float part = slope[t + i] * power[t + i];
      by_log[t + i] += part;
      by_elapsed[t + i] -= rate * part;
      lane[static_cast<std::size_t>(i)] += part * elapsed[t + i];
    }
  }
  float sum = 0.0F;
  for (const float part : lane) sum += part;
  for (; t < frames; ++t) {
    const float part = slope[t] * power[t];
    by_log[t] += part;
    by_elapsed[t] -= rate * part;
    sum += part * elapsed[t];
  }
  return sum;
}

// ---- Envelopes.

/// The power of an event in the frames of a view, apart from the decay of each partial.
struct Course {
  int begin = 0;                   ///< the first frame that it is seen in
  float window_s = 0.0F;           ///< of the view
  std::vector<float> power;        ///< [frames from `begin` on]
  std::vector<float> elapsed;      ///< [the same] mean seconds since the onset
  std::vector<OnsetDecay> onsets;  ///< of the first frames, which see the onset
};

/// The highest that a contour still gets after the stretch that holds `elapsed_s`, dB.
float highest_to_come_db(const EventSound& sound, float elapsed_s) {
  float highest = sound.contour_db.back();
  for (int point = kContourPoints - 1; point >= 0 && contour_s(point) > elapsed_s; --point)
    highest = std::max(highest, sound.contour_db[static_cast<std::size_t>(point)]);
  return highest;
}

/// Ends where nothing is left above `least`, neither of the slowest partial nor of the room.
Course course_of(const EventSound& sound, float attack_log_s, float slowest_rate, float room_level,
                 const BandView& view, int frames, float least) {
  const float half_s = 0.5F * view.window_s();
  const float length_s = attack_s(attack_log_s);
  const float gain = std::exp(sound.gain_db * kTenthOfLog10);
  const float room_keep = std::exp(-room_rate(sound.room_log_s, 0.0F) * view.hop_s());
  const float slowest_lift = decay_lift(slowest_rate * view.window_s()).log;
  const CourseLog law(sound);
  Course course;
  course.window_s = view.window_s();
  const float first = std::floor((sound.onset_s - half_s) / view.hop_s()) + 1.0F;
  course.begin = static_cast<int>(std::clamp(first, 0.0F, static_cast<float>(frames)));
  float room = 0.0F;
  for (int frame = course.begin; frame < frames; ++frame) {
    const float since_s = static_cast<float>(frame) * view.hop_s() - sound.onset_s;
    const SeenAttack seen = seen_attack(since_s, length_s, view.window_s());
    const float now_log = law.at(seen.elapsed_s);
    const float power = gain * seen.power * std::exp(now_log);
    course.elapsed.push_back(seen.elapsed_s);
    if (since_s < half_s) course.onsets.emplace_back(since_s / view.window_s(), length_s / view.window_s());
    course.power.push_back(power);
    const float left = power * std::exp(slowest_lift - slowest_rate * seen.elapsed_s);
    room = room_keep * room + (1.0F - room_keep) * left;
    if (since_s < half_s + length_s || left + room_level * room >= least) continue;
    const float now_db = now_log / kTenthOfLog10;
    const float rise_db = std::max(highest_to_come_db(sound, seen.elapsed_s) - now_db, 0.0F);
    // A damper that has come down keeps down what the contour would still raise.
    const bool damped = seen.elapsed_s > law.hold_s() + kDamperDoneS;
    const float most = left * (damped ? 1.0F : std::exp(std::min(rise_db, 60.0F) * kTenthOfLog10));
    if (most + room_level * room < least) break;
  }
  return course;
}

/// `by_log` and `by_elapsed` are slopes by the logarithm of a course's power and by its seconds.
void add_course_slopes(const EventSound& sound, float attack_log_s, const BandView& view,
                       const Course& course, std::span<const float> by_log, std::span<const float> by_elapsed,
                       EventSound& gradient, float& by_attack_log_s) {
  const CourseLog law(sound);
  const float length_s = attack_s(attack_log_s);
  const float length_slope = std::exp(attack_log_s);
  for (std::size_t t = 0; t < course.power.size(); ++t) {
    if (by_log[t] == 0.0F && by_elapsed[t] == 0.0F) continue;
    const float since_s =
        static_cast<float>(course.begin + static_cast<int>(t)) * view.hop_s() - sound.onset_s;
    gradient.gain_db += kTenthOfLog10 * by_log[t];
    const float seconds = by_elapsed[t] + law.add_gradient(course.elapsed[t], by_log[t], gradient);
    const SeenAttack seen = seen_attack(since_s, length_s, view.window_s());
    const AttackSlopes slopes = attack_slopes(since_s, length_s, view.window_s());
    const float by_power = seen.power > 1e-9F ? by_log[t] / seen.power : 0.0F;
    gradient.onset_s -= by_power * slopes.power_by_onset + seconds * slopes.elapsed_by_onset;
    by_attack_log_s += by_power * slopes.power_by_length * length_slope;
  }
}

/// How some rates of decay are seen in the first frames of a course.
class SeenOnsets {
 public:
  SeenOnsets() = default;
  SeenOnsets(const Course& course, std::span<const float> rates)
      : count_(rates.size()), log_(course.onsets.size() * count_), slope_(course.onsets.size() * count_) {
    std::vector<float> windows(rates.begin(), rates.end());
    for (float& each : windows) each *= course.window_s;
    for (std::size_t t = 0; t < course.onsets.size(); ++t) {
      course.onsets[t].logs(windows, std::span(log_).subspan(t * count_, count_));
      course.onsets[t].slopes(windows, std::span(slope_).subspan(t * count_, count_));
    }
  }
  [[nodiscard]] float log(std::size_t frame, std::size_t rate) const { return log_[frame * count_ + rate]; }
  [[nodiscard]] float slope(std::size_t frame, std::size_t rate) const {
    return slope_[frame * count_ + rate];
  }

 private:
  std::size_t count_ = 0;
  std::vector<float> log_, slope_;  ///< [frames, rates]
};

/// One partial, or the noise of one region, over the frames of a course: what decays, and the room's answer.
class Ring {
 public:
  /// How many numbers it takes for each frame of its course.
  static std::size_t rows(float room_level) { return room_level > 0.0F ? 3 : 1; }

  Ring() = default;
  /// The rate is that at `place` of `onsets`; `rows` has room for as many, and lives as long as this.
  Ring(const Course& course, const SeenOnsets& onsets, std::size_t place, float rate, float room_level,
       float room_rate, float hop_s, float* rows)
      : course_(&course),
        onsets_(&onsets),
        place_(place),
        rate_(rate),
        room_level_(room_level),
        hop_s_(hop_s),
        keep_(std::exp(-room_rate * hop_s)),
        frames_(static_cast<int>(course.power.size())),
        direct_(rows),
        power_(rows) {
    const float windows = rate * course.window_s;
    const float lift_log = decay_lift(windows).log;
    decaying(rate, lift_log, course.power.data(), course.elapsed.data(), frames_, direct_);
    for (std::size_t t = 0; t < course.onsets.size(); ++t)
      direct_[t] = course.power[t] * std::exp(onsets.log(t, place));
    if (room_level_ <= 0.0F) return;
    room_ = direct_ + frames_;
    power_ = room_ + frames_;
    float room = 0.0F;
    for (int t = 0; t < frames_; ++t) {
      room = keep_ * room + (1.0F - keep_) * direct_[t] + kQuiet;
      room_[t] = room;
      power_[t] = direct_[t] + room_level_ * room;
    }
  }

  [[nodiscard]] const float* power() const { return power_; }
  [[nodiscard]] float operator[](std::size_t t) const { return power_[t]; }
  [[nodiscard]] int frames() const { return frames_; }
  /// Ends it after the last frame of at least that power.
  void cut(float least) {
    while (frames_ > 0 && power_[frames_ - 1] < least) --frames_;
  }

  struct Slopes {
    float by_rate = 0.0F, by_room_rate = 0.0F, by_room_db = 0.0F;
  };
  /// `slope` by this power, over as many frames; it is used up.
  Slopes add_slopes(std::span<float> slope, std::span<float> by_log, std::span<float> by_elapsed) const {
    Slopes result;
    if (room_level_ > 0.0F) {
      float by_room = 0.0F;
      float by_keep = 0.0F;
      for (std::size_t t = slope.size(); t-- > 0;) {
        result.by_room_db += slope[t] * room_[t];
        by_room = room_level_ * slope[t] + keep_ * by_room;
        if (std::abs(by_room) < kQuiet) by_room = 0.0F;
        by_keep += by_room * ((t > 0 ? room_[t - 1] : 0.0F) - direct_[t]);
        slope[t] += (1.0F - keep_) * by_room;
      }
      result.by_room_db *= kTenthOfLog10 * room_level_;
      result.by_room_rate = -by_keep * hop_s_ * keep_;
    }
    const float windows = rate_ * course_->window_s;
    const float lift_slope = decay_lift(windows).slope;
    result.by_rate =
        lift_slope * course_->window_s * inner(slope.data(), direct_, static_cast<int>(slope.size()));
    for (std::size_t t = 0; t < std::min(course_->onsets.size(), slope.size()); ++t) {
      const float by_windows = onsets_->slope(t, place_) - lift_slope;
      result.by_rate += (by_windows * course_->window_s + course_->elapsed[t]) * slope[t] * direct_[t];
    }
    result.by_rate -= decay_slopes(rate_, slope.data(), direct_, course_->elapsed.data(),
                                   static_cast<int>(slope.size()), by_log.data(), by_elapsed.data());
    return result;
  }

 private:
  const Course* course_ = nullptr;
  const SeenOnsets* onsets_ = nullptr;
  std::size_t place_ = 0;
  float rate_ = 0.0F, room_level_ = 0.0F, hop_s_ = 0.0F, keep_ = 0.0F;
  int frames_ = 0;
  float* direct_ = nullptr;
  float* room_ = nullptr;
  float* power_ = nullptr;  ///< of both
};

/// For how long rings are heard, at many least powers.
class HeardFrames {
 public:
  explicit HeardFrames(const Ring& ring) : loudest_to_come_(static_cast<std::size_t>(ring.frames())) {
    float loudest = 0.0F;
    for (std::size_t t = loudest_to_come_.size(); t-- > 0;)
      loudest_to_come_[t] = loudest = std::max(loudest, ring[t]);
  }
  /// Frames up to the last of at least that power.
  [[nodiscard]] int above(float least) const {
    const auto end = std::partition_point(loudest_to_come_.begin(), loudest_to_come_.end(),
                                          [&](float power) { return power >= least; });
    return static_cast<int>(end - loudest_to_come_.begin());
  }

 private:
  std::vector<float> loudest_to_come_;  ///< [frames]
};

// ---- Partials in bands.

/// Where the power of a partial lies: the share of its lobe in each band, and how that changes as it moves
/// up.
struct Place {
  int first_band = 0;
  int bands = 0;
  std::array<float, 2 * kLobeReach + 3> share{};
  std::array<float, 2 * kLobeReach + 3> slope{};  ///< for each bin that it moves
};

Place place_of(float hz, const BandView& view) {
  const Lobe& lobe = hann_lobe();
  const float at = hz / view.hz_per_bin();
  const int first = std::max(static_cast<int>(std::ceil(at)) - kLobeReach - 1, 0);
  const int last = std::min(static_cast<int>(std::floor(at)) + kLobeReach + 1, view.bin_count() - 1);
  Place place;
  if (first > last) return place;
  place.first_band = view.band_of_bin[static_cast<std::size_t>(first)];
  place.bands = view.band_of_bin[static_cast<std::size_t>(last)] - place.first_band + 1;
  for (std::size_t i = 0; i < static_cast<std::size_t>(place.bands); ++i) {
    const std::size_t band = static_cast<std::size_t>(place.first_band) + i;
    const float bins = view.width_bins[band];
    const float end = view.end_bins[band] - at;
    if (bins == 1.0F) {
      place.share[i] = lobe.at(end - 0.5F);
      place.slope[i] = -lobe.slope_at(end - 0.5F);
    } else {
      // Where next to nothing lies, tables may differ by less than nothing.
      place.share[i] =
          std::max(static_cast<float>(lobe.sum_below(end) - lobe.sum_below(end - bins)), 0.0F) / bins;
      place.slope[i] = (lobe.sum_slope_at(end - bins) - lobe.sum_slope_at(end)) / bins;
    }
  }
  return place;
}

/// What of a moving lobe of power 1 the density of a band has, and how that changes.
struct MovingSums {
  float sum, by_at, by_width;
};
/// Sums over all bins below the end of a band, which is the beginning of the next: of the lobe's two ends,
/// and their slopes.
struct BandEnd {
  double low = 0.0, high = 0.0, low_slope = 0.0, high_slope = 0.0;
};
constexpr float kNarrow = 0.3F;  // bins, up to which a lobe that moves is as if it did not
template <bool kSlopes>
BandEnd band_end(const Lobe& lobe, float off, float width) {
  BandEnd end;
  if (width < kNarrow) {
    const auto whole = static_cast<double>(width);
    const double below = lobe.sum_below(off);
    end.high = whole * below;
    if constexpr (kSlopes) {
      const double slope = 0.5 * whole * static_cast<double>(lobe.sum_slope_at(off));
      end.low_slope = below - slope;
      end.high_slope = below + slope;
    }
  } else {
    end.low = lobe.sum_area_below(off - 0.5F * width);
    end.high = lobe.sum_area_below(off + 0.5F * width);
    if constexpr (kSlopes) {
      end.low_slope = lobe.sum_below(off - 0.5F * width);
      end.high_slope = lobe.sum_below(off + 0.5F * width);
    }
  }
  return end;
}

/// Calls use(a band, what of a moving lobe of power 1 its density has) for the bands that it reaches.
template <bool kSlopes, typename Use>
void for_moving_bands(const MovingPart& part, const BandView& view, const Use& use) {
  if (part.first > part.last) return;
  const Lobe& lobe = hann_lobe();
  const float inverse = 1.0F / part.width;
  const int last_band = view.band_of_bin[static_cast<std::size_t>(part.last)];
  bool has_before = false;
  BandEnd before;
  for (int band = view.band_of_bin[static_cast<std::size_t>(part.first)]; band <= last_band; ++band) {
    const auto b = static_cast<std::size_t>(band);
    const float end_off = view.end_bins[b] - part.at;
    const float bins = view.width_bins[b];
    MovingSums sums{};
    if (bins == 1.0F) {
      const float off = end_off - 0.5F;
      sums.sum = lobe.mean_at(off, part.width);
      if constexpr (kSlopes) {
        sums.by_at = -lobe.mean_slope_at(off, part.width);
        sums.by_width = lobe.mean_slope_by_width(off, part.width);
      }
      has_before = false;
    } else {
      if (!has_before) before = band_end<kSlopes>(lobe, end_off - bins, part.width);
      const BandEnd end = band_end<kSlopes>(lobe, end_off, part.width);
      const float scale = inverse / bins;
      sums.sum =
          std::max(static_cast<float>((end.high - before.high) - (end.low - before.low)), 0.0F) * scale;
      if constexpr (kSlopes) {
        const auto high = static_cast<float>(end.high_slope - before.high_slope);
        const auto low = static_cast<float>(end.low_slope - before.low_slope);
        sums.by_at = (low - high) * scale;
        sums.by_width = 0.5F * (high + low) * scale - sums.sum * inverse;
      }
      before = end;
      has_before = true;
    }
    use(band, sums);
  }
}

/// Powers |X|^2 of a partial of power 1 at the middle of its lobe, and of noise of density 1 for each Hz.
float tone_power(const BandView& view) { return static_cast<float>(view.window_samples) / 6.0F; }
float noise_power(const BandView& view) { return static_cast<float>(view.sample_rate_hz) / 4.0F; }

float slowest(const EventSound& sound) {
  const float partials = *std::min_element(sound.decay_log_rate.begin(), sound.decay_log_rate.end());
  const float noise = *std::min_element(sound.noise_decay_log_rate.begin(), sound.noise_decay_log_rate.end());
  return std::exp(std::min(partials, noise));
}

/// Slopes of an event's partials that stand for more than one of its numbers.
struct TonalSlopes {
  TonalSlopes(std::size_t frames, std::size_t moving_frames)
      : by_log(frames), by_elapsed(frames), by_power(frames), by_deviation(moving_frames * kBorders) {}

  static constexpr std::size_t kBorders = Motion::kParts + 1;
  std::vector<float> by_log, by_elapsed;  ///< [frames]
  std::vector<float> by_power;            ///< [frames] of one partial
  std::vector<float> by_deviation;        ///< [frames that move, borders]
  PartialsGradient by_partials;
};

}  // namespace

struct EventPower::Parts {
  Parts(const EventSound& event, const BandView& seen_in, int frame_count, float least)
      : sound(event),
        view(seen_in),
        frames(frame_count),
        least_power(least),
        partials(partials_of(event)),
        noise(event),
        level(room_level(event)),
        tonal(course_of(event, event.attack_log_s, slowest(event), level, seen_in, frame_count,
                        least / tone_power(seen_in))),
        noisy(course_of(event, event.noise_attack_log_s, slowest(event), level, seen_in, frame_count,
                        least / tone_power(seen_in))) {
    const std::size_t tonal_rows = Ring::rows(level) * tonal.power.size();
    const std::size_t noisy_rows = Ring::rows(level) * noisy.power.size();
    const float loudest_db = sound.gain_db + highest_to_come_db(sound, 0.0F);
    const float loudest = std::exp(std::max(loudest_db, sound.gain_db) * kTenthOfLog10) * tone_power(view);
    std::array<bool, kPartials> is_heard{};
    std::size_t heard = 0;
    for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h) {
      is_heard[h] = partials.power[h] * loudest >= least_power;
      if (is_heard[h]) ++heard;
    }
    rows = std::make_unique_for_overwrite<float[]>(heard * tonal_rows + kNoiseRegions * noisy_rows);
    tonal_onsets = {tonal, std::span(partials.rate).first(static_cast<std::size_t>(partials.count))};
    std::array<float, kNoiseRegions> noise_rate{};
    for (std::size_t region = 0; region < kNoiseRegions; ++region)
      noise_rate[region] =
          std::exp(value_at(sound.noise_decay_log_rate, noise_decay_place(view.region_hz[region])));
    noisy_onsets = {noisy, noise_rate};
    float* next = rows.get();
    for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h) {
      if (!is_heard[h]) continue;
      rings[h] = {tonal, tonal_onsets, h, partials.rate[h], level, partials.room_rate[h], view.hop_s(), next};
      rings[h].cut(least_power / (partials.power[h] * tone_power(view)));
      places[h] = place_of(partials.hz[h], view);
      next += tonal_rows;
    }
    for (std::size_t region = 0; region < kNoiseRegions; ++region) {
      const float keep_rate = room_rate(sound.room_log_s, view.region_hz[region]);
      regions[region] = {noisy, noisy_onsets, region,       noise_rate[region],
                         level, keep_rate,    view.hop_s(), next};
      next += noisy_rows;
    }
    find_noise();
    for (const float elapsed_s : tonal.elapsed) {
      if (!moves_at(sound, elapsed_s, view.window_s())) break;
      motions.push_back(motion_at(sound, elapsed_s, view.window_s()));
    }
  }

  /// Its densities, and for how long each is heard.
  void find_noise();
  void add_tonal_gradient(const PowerMap& slope, EventSound& gradient) const;
  void add_noise_gradient(const PowerMap& slope, EventSound& gradient) const;
  void add_partial_slopes(const PowerMap& slope, std::size_t partial, TonalSlopes& slopes,
                          EventSound& gradient) const;
  void add_still_slopes(const PowerMap& slope, std::size_t partial, int moving, std::span<float> by_ring,
                        float& by_hz) const;
  void add_moving_slopes(const PowerMap& slope, std::size_t partial, int moving, std::span<float> by_ring,
                         std::span<float> by_deviation, float& by_hz) const;

  EventSound sound;
  const BandView& view;
  int frames;
  float least_power;
  Partials partials;
  NoiseDensity noise;
  float level;  ///< of the room
  Course tonal, noisy;
  SeenOnsets tonal_onsets, noisy_onsets;
  std::unique_ptr<float[]> rows;            ///< what the rings fill
  std::array<Place, kPartials> places;      ///< of those that are heard, where they are still
  std::array<Ring, kPartials> rings;        ///< without frames where a partial is never heard
  std::array<Ring, kNoiseRegions> regions;  ///< of the noise
  std::vector<float> densities;             ///< of the noise, [bands up to the highest that it reaches]
  std::vector<int> noise_frames;            ///< [the same] of its course, in which it is heard there
  std::vector<Motion> motions;              ///< [frames of the course until the pitch rests]
};

void EventPower::Parts::find_noise() {
  densities.resize(view.spectrum_place.size());
  noise.at(view.spectrum_place, densities);
  const std::vector<HeardFrames> heard(regions.begin(), regions.end());
  noise_frames.reserve(densities.size());
  for (std::size_t b = 0; b < densities.size(); ++b) {
    densities[b] *= noise_power(view);
    const auto region = static_cast<std::size_t>(view.noise_region[b]);
    noise_frames.push_back(heard[region].above(least_power / densities[b]));
  }
}

EventPower::EventPower(const EventSound& sound, const BandView& view, int frames, float least_power)
    : parts_(std::make_unique<Parts>(sound, view, frames, least_power)) {}
EventPower::EventPower(EventPower&&) noexcept = default;
EventPower& EventPower::operator=(EventPower&&) noexcept = default;
EventPower::~EventPower() = default;

int EventPower::begin_frame() const { return std::min(parts_->tonal.begin, parts_->noisy.begin); }
int EventPower::end_frame() const {
  const auto end = [](const Course& course) { return course.begin + static_cast<int>(course.power.size()); };
  return std::max(end(parts_->tonal), end(parts_->noisy));
}

void EventPower::add_to(PowerMap& map, float scale) const {
  const Parts& parts = *parts_;
  const BandView& view = parts.view;
  for (int h = 0; h < parts.partials.count; ++h) {
    const auto i = static_cast<std::size_t>(h);
    const float power = parts.partials.power[i] * tone_power(view);
    const Ring& ring = parts.rings[i];
    const int frames = ring.frames();
    if (frames == 0) continue;
    const int moving = std::min(frames, static_cast<int>(parts.motions.size()));
    if (moving < frames) {
      const Place& place = parts.places[i];
      for (int b = 0; b < place.bands; ++b)
        add_scaled(ring.power() + moving, scale * power * place.share[static_cast<std::size_t>(b)],
                   frames - moving, map.row(place.first_band + b) + parts.tonal.begin + moving);
    }
    const float bins = parts.partials.hz[i] / view.hz_per_bin();
    for (int t = 0; t < moving; ++t) {
      const auto at = static_cast<std::size_t>(t);
      const float now = scale * power * ring[at];
      if (now < kMovingLeast * parts.least_power * scale) continue;
      const Motion& motion = parts.motions[at];
      for (const MovingPart& part : MovingParts(bins, motion, view)) {
        const float weight = part.weight * now;
        for_moving_bands<false>(part, view, [&](int band, const MovingSums& sums) {
          map.row(band)[parts.tonal.begin + t] += weight * sums.sum;
        });
      }
    }
  }
  for (std::size_t b = 0; b < parts.densities.size(); ++b) {
    const float density = parts.densities[b];
    const Ring& ring = parts.regions[static_cast<std::size_t>(view.noise_region[b])];
    add_scaled(ring.power(), scale * density, parts.noise_frames[b],
               map.row(static_cast<int>(b)) + parts.noisy.begin);
  }
}

/// Of a partial while its pitch rests, from frame `moving` on; adds to by_ring. by_hz is by its frequency.
void EventPower::Parts::add_still_slopes(const PowerMap& slope, std::size_t partial, int moving,
                                         std::span<float> by_ring, float& by_hz) const {
  const Place& place = places[partial];
  const Ring& ring = rings[partial];
  const auto still = static_cast<int>(by_ring.size()) - moving;
  const float power = partials.power[partial] * tone_power(view);
  float by_bins = 0.0F;
  for (int b = 0; b < place.bands; ++b) {
    const float* row = slope.row(place.first_band + b) + tonal.begin + moving;
    const auto at = static_cast<std::size_t>(b);
    add_scaled(row, place.share[at], still, by_ring.data() + moving);
    by_bins += place.slope[at] * inner(row, ring.power() + moving, still);
  }
  by_hz += by_bins * power / view.hz_per_bin();
}

/// The same while it moves, before frame `moving`, and by the deviations of the pitch.
void EventPower::Parts::add_moving_slopes(const PowerMap& slope, std::size_t partial, int moving,
                                          std::span<float> by_ring, std::span<float> by_deviation,
                                          float& by_hz) const {
  const Ring& ring = rings[partial];
  const float power = partials.power[partial] * tone_power(view);
  const float bins = partials.hz[partial] / view.hz_per_bin();
  for (int t = 0; t < moving; ++t) {
    const auto at = static_cast<std::size_t>(t);
    if (power * ring[at] < kMovingLeast * least_power) continue;
    const Motion& motion = motions[at];
    for (const MovingPart& part : MovingParts(bins, motion, view)) {
      float by_place = 0.0F;
      float by_width = 0.0F;
      for_moving_bands<true>(part, view, [&](int band, const MovingSums& sums) {
        const float s = part.weight * slope.row(band)[tonal.begin + t];
        by_ring[at] += s * sums.sum;
        by_place += s * sums.by_at;
        by_width += s * sums.by_width;
      });
      const float now = power * ring[at];
      for (const std::size_t border : {part.begin, part.end}) {
        const float turn = border == part.begin ? -part.turn : part.turn;
        const float by_bins = now * (0.5F * by_place + turn * by_width) * motion.factor[border];
        by_hz += by_bins / view.hz_per_bin();
        by_deviation[at * TonalSlopes::kBorders + border] += by_bins * bins * kSemitoneLog;
      }
    }
  }
}

void EventPower::Parts::add_partial_slopes(const PowerMap& slope, std::size_t partial, TonalSlopes& slopes,
                                           EventSound& gradient) const {
  const float power = partials.power[partial] * tone_power(view);
  const Ring& ring = rings[partial];
  const int heard = ring.frames();
  if (heard == 0) return;
  const std::span<float> by_ring(slopes.by_power.data(), static_cast<std::size_t>(heard));
  std::fill(by_ring.begin(), by_ring.end(), 0.0F);
  const int moving = std::min(heard, static_cast<int>(motions.size()));
  float by_hz = 0.0F;
  if (moving < heard) add_still_slopes(slope, partial, moving, by_ring, by_hz);
  if (moving > 0) add_moving_slopes(slope, partial, moving, by_ring, slopes.by_deviation, by_hz);
  slopes.by_partials.hz[partial] = by_hz;
  slopes.by_partials.power[partial] = tone_power(view) * inner(by_ring.data(), ring.power(), heard);
  for (float& value : by_ring) value *= power;
  const Ring::Slopes of_ring = ring.add_slopes(by_ring, slopes.by_log, slopes.by_elapsed);
  slopes.by_partials.rate[partial] = of_ring.by_rate;
  slopes.by_partials.room_rate[partial] = of_ring.by_room_rate;
  gradient.room_db += of_ring.by_room_db;
}

void EventPower::Parts::add_tonal_gradient(const PowerMap& slope, EventSound& gradient) const {
  TonalSlopes slopes(tonal.power.size(), motions.size());
  for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h)
    add_partial_slopes(slope, h, slopes, gradient);
  add_partials_gradient(sound, partials, slopes.by_partials, gradient);
  for (std::size_t t = 0; t < motions.size(); ++t) {
    for (std::size_t border = 0; border < TonalSlopes::kBorders; ++border) {
      const float elapsed_s = motions[t].elapsed_s[border];
      const float seconds = add_deviation_gradient(
          sound, elapsed_s, slopes.by_deviation[t * TonalSlopes::kBorders + border], gradient);
      if (elapsed_s > 0.0F) slopes.by_elapsed[t] += seconds;
    }
  }
  add_course_slopes(sound, sound.attack_log_s, view, tonal, slopes.by_log, slopes.by_elapsed, gradient,
                    gradient.attack_log_s);
}

/// All bands of a region share an envelope.
void EventPower::Parts::add_noise_gradient(const PowerMap& slope, EventSound& gradient) const {
  const std::size_t frame_count = noisy.power.size();
  std::vector<float> by_density(densities.size());
  std::vector<float> by_region(frame_count * kNoiseRegions);
  std::array<int, kNoiseRegions> region_frames{};
  for (std::size_t b = 0; b < densities.size(); ++b) {
    const float density = densities[b];
    const auto region = static_cast<std::size_t>(view.noise_region[b]);
    const Ring& ring = regions[region];
    const int heard = noise_frames[b];
    const float* row = slope.row(static_cast<int>(b)) + noisy.begin;
    by_density[b] = inner(row, ring.power(), heard);
    add_scaled(row, density, heard, by_region.data() + region * frame_count);
    region_frames[region] = std::max(region_frames[region], heard);
  }
  noise.add_gradient(sound, view.spectrum_place, densities, by_density, gradient);
  std::vector<float> by_log(frame_count);
  std::vector<float> by_elapsed(frame_count);
  for (std::size_t region = 0; region < kNoiseRegions; ++region) {
    const std::span<float> by_ring(by_region.data() + region * frame_count,
                                   static_cast<std::size_t>(region_frames[region]));
    const Ring::Slopes slopes = regions[region].add_slopes(by_ring, by_log, by_elapsed);
    const KnotPlace place = noise_decay_place(view.region_hz[region]);
    spread(gradient.noise_decay_log_rate, place,
           slopes.by_rate * std::exp(value_at(sound.noise_decay_log_rate, place)));
    gradient.room_log_s -= slopes.by_room_rate * room_rate(sound.room_log_s, view.region_hz[region]);
    gradient.room_db += slopes.by_room_db;
  }
  add_course_slopes(sound, sound.noise_attack_log_s, view, noisy, by_log, by_elapsed, gradient,
                    gradient.noise_attack_log_s);
}

void EventPower::add_gradient(const PowerMap& slope, EventSound& gradient) const {
  parts_->add_tonal_gradient(slope, gradient);
  parts_->add_noise_gradient(slope, gradient);
}

}  // namespace ictus::synthesis
