#include "lib/analysis/propose.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "lib/analysis/doubles.hpp"
#include "lib/analysis/fit.hpp"
#include "lib/analysis/low_pitch.hpp"
#include "lib/analysis/motion.hpp"
#include "lib/analysis/salience.hpp"
#include "lib/analysis/target.hpp"
#include "lib/core/wide.hpp"
#include "lib/synthesis/event_power.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_loops.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::analysis {
namespace {

using synthesis::EventSound;
using synthesis::kDecay60;
using synthesis::kPartials;

constexpr float kLobeBins = 1.5F;  // power of a sine, in units of its highest bin's

float quantile(std::vector<float> values, float part) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(part * static_cast<float>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

float quantile_around(std::span<const float> power, int low, int high, float part) {
  low = std::max(low, 0);
  high = std::min(high, static_cast<int>(power.size()) - 1);
  if (low > high) return 0.0F;
  return quantile({power.begin() + low, power.begin() + high + 1}, part);
}

float decibels(float power) { return 10.0F * std::log10(power + 1e-20F); }

constexpr int kRiseFrames = 3;  // over which a beginning is looked for
/// Weight of what was there already. Once the first few events are known, what they leave is looked for
/// wherever it lies, else most proposals are for attacks.
constexpr float kBeforeAtFirst = 0.8F;
constexpr float kBeforeLater = 0.4F;
constexpr std::size_t kFirstFew = 3;

/// Power above a floor, to some power less than 1.
ICTUS_WIDE void compress_row(const float* power, const float* weight, float floor, float compression,
                             float low, int bins, float* __restrict out) {
  for (int k = 0; k < bins; ++k)
    out[k] = (synthesis::wide_exp(compression * synthesis::wide_log(power[k] + floor)) - low) * weight[k];
}

/// How much some frames have beyond what was there before, which has a weight.
ICTUS_WIDE float rise_of(const std::array<const float*, kRiseFrames>& after, const float* before,
                         float before_weight, int bins) {
  constexpr int kLanes = 16;
  std::array<float, kLanes> lane{};
  const auto one = [&](int k) {
    const float risen = after[0][k] + after[1][k] + after[2][k] - kRiseFrames * before_weight * before[k];
    return risen > 0.0F ? risen : 0.0F;
  };
  int k = 0;
  for (; k + kLanes <= bins; k += kLanes)
    for (int l = 0; l < kLanes; ++l) lane[static_cast<std::size_t>(l)] += one(k + l);
  float sum = 0.0F;
  for (const float part : lane) sum += part;
  for (; k < bins; ++k) sum += one(k);
  return sum;
}

/// What sets in at a frame: the mean of some frames that follow less what was there before.
std::vector<float> risen_spectrum(const BinMap& map, int onset) {
  constexpr int kFrames = 4;
  std::vector<float> spectrum = mean_spectrum(map, std::min(onset + 1, map.frames - 1), onset + 1 + kFrames);
  if (onset < 3) return spectrum;
  const std::vector<float> before = mean_spectrum(map, onset - 3, onset - 1);
  for (std::size_t k = 0; k < spectrum.size(); ++k)
    spectrum[k] = std::max(spectrum[k] - before[k], 1e-4F * spectrum[k]);
  return spectrum;
}

}  // namespace

EventSound spectral_guess(std::span<const float> power, float hz_per_bin, float hz) {
  EventSound event = plain_sound();
  event.pitch_octaves = std::log2(hz);
  const float loudest = *std::max_element(power.begin(), power.end());
  const auto bins = static_cast<int>(power.size());

  std::array<float, kPartials> level_db{};
  float tonal = 0.0F;
  const int reach = static_cast<int>(std::max(4.0F, 0.6F * hz / hz_per_bin));
  for (int h = 0; h < kPartials; ++h) {
    const int bin = static_cast<int>(std::lround(hz * static_cast<float>(h + 1) / hz_per_bin));
    float stands_out = 0.0F;
    if (bin + 1 < bins) {
      const float peak = *std::max_element(power.begin() + std::max(bin - 1, 0), power.begin() + bin + 2);
      stands_out = peak - 3.0F * quantile_around(power, bin - reach, bin + reach, 0.25F);
    }
    const float partial = std::max(stands_out, 1e-9F * loudest);
    tonal += partial * kLobeBins;
    level_db[static_cast<std::size_t>(h)] = decibels(partial);
  }
  const float highest_db = *std::max_element(level_db.begin(), level_db.end());
  for (int knot = 0; knot < synthesis::kPartialKnots; ++knot) {
    const auto h =
        static_cast<std::size_t>(synthesis::kPartialKnotNumbers[static_cast<std::size_t>(knot)] - 1.0F);
    event.partials_db[static_cast<std::size_t>(knot)] = std::max(level_db[h] - highest_db, -50.0F);
  }

  std::array<float, synthesis::kSpectrumKnots> floor{};
  const float lowest_mel = synthesis::mel_of(synthesis::kLowestKnotHz);
  for (int knot = 0; knot < synthesis::kSpectrumKnots; ++knot) {
    const float mel = lowest_mel + static_cast<float>(knot) / synthesis::spectrum_knots_for_mel();
    const int low = static_cast<int>(synthesis::hz_of(std::max(mel - 120.0F, 0.0F)) / hz_per_bin);
    const int high = static_cast<int>(synthesis::hz_of(mel + 120.0F) / hz_per_bin);
    floor[static_cast<std::size_t>(knot)] =
        1.5F * quantile_around(power, low, std::max(high, low + 3), 0.3F) + 1e-12F * loudest;
  }
  const float highest_floor = *std::max_element(floor.begin(), floor.end());
  for (std::size_t knot = 0; knot < floor.size(); ++knot)
    event.noise_db[knot] = std::max(decibels(floor[knot] / highest_floor), -50.0F);
  float noise = 0.0F;
  for (int k = 0; k < bins; ++k)
    noise += synthesis::value_at(floor, synthesis::spectrum_place(static_cast<float>(k) * hz_per_bin));

  // A sine of full scale has a power of a sixth of the window in its highest bin, 1.5 times that in all.
  const float window = 2.0F * static_cast<float>(bins - 1);
  event.gain_db = decibels((tonal + noise) * 6.0F / (window * kLobeBins));
  event.balance_db = std::clamp(decibels(tonal / (noise + 1e-20F)), -17.0F, 40.0F);
  return event;
}

namespace {

/// Level of an event from its onset on, frame by frame, dB: of its spectrum, or where its pitch moves of what
/// lies along the way.
std::vector<float> course_levels(const EventSound& event, const BinMap& map, std::span<const float> spectrum,
                                 int onset) {
  const float loudest = *std::max_element(spectrum.begin(), spectrum.end()) + 1e-30F;
  std::vector<float> level_db;
  const auto add = [&](float power) { level_db.push_back(decibels(power / loudest + 1e-9F)); };
  if (!synthesis::moves(event)) {
    // How much there is of the spectrum at the onset.
    std::vector<float> pattern(spectrum.begin(), spectrum.end());
    for (float& p : pattern) p = p > 1e-3F * loudest ? p / loudest : 0.0F;
    const float norm = synthesis::inner(pattern.data(), pattern.data(), map.bins);
    for (int t = onset; t < map.frames; ++t)
      add(synthesis::inner(pattern.data(), map.frame(t).data(), map.bins) / norm);
    return level_db;
  }
  // What lies along the way of the first partials.
  constexpr int kFollowed = 8;
  for (int t = onset; t < map.frames; ++t) {
    const float elapsed_s = (static_cast<float>(t - onset) + 0.5F) * map.hop_s;
    const float hz =
        std::exp2(event.pitch_octaves + synthesis::deviation_semitones(event, elapsed_s) / 12.0F);
    float sum = 0.0F;
    for (int h = 1; h <= kFollowed; ++h) {
      const auto bin = static_cast<int>(std::lround(hz * static_cast<float>(h) / map.hz_per_bin));
      if (bin < 1 || bin + 1 >= map.bins) break;
      const auto frame = map.frame(t).subspan(static_cast<std::size_t>(bin) - 1, 3);
      sum += *std::max_element(frame.begin(), frame.end());
    }
    add(sum);
  }
  return level_db;
}

}  // namespace

void let_go(EventSound& event, float held_s) {
  event.hold_log_s = std::log(held_s);
  event.damping_log_rate = std::log(kDecay60 / 0.12F);
}

void guess_course(EventSound& event, const BinMap& map, std::span<const float> spectrum, int onset) {
  const std::vector<float> level_db = course_levels(event, map, spectrum, onset);
  const auto frames = static_cast<int>(level_db.size());
  const auto at = [&](int t) { return level_db[static_cast<std::size_t>(std::clamp(t, 0, frames - 1))]; };
  const float highest = *std::max_element(level_db.begin(), level_db.begin() + std::min(6, frames));
  int end = frames;
  for (int t = 3; t < frames - 1; ++t) {
    if (std::max(at(t), at(t + 1)) < highest - 30.0F) {
      end = t;
      break;
    }
  }
  if (end <= 5) {
    event.decay_log_rate.fill(std::log(kDecay60 / 0.15F));
    return;
  }
  // Straight line through the levels.
  double n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;
  for (int t = 2; t < end; ++t) {
    const double x = static_cast<double>(t) * static_cast<double>(map.hop_s);
    n += 1.0;
    sx += x;
    sy += at(t);
    sxx += x * x;
    sxy += x * at(t);
  }
  const double slope_db = (n * sxy - sx * sy) / std::max(n * sxx - sx * sx, 1e-9);
  event.decay_log_rate.fill(
      std::log(std::clamp(static_cast<float>(-slope_db) * synthesis::kTenthOfLog10, 0.2F, 200.0F)));
  const bool ends_sharply = end < frames && at(end - 5) - at(end) > 15.0F;
  if (!ends_sharply) return;
  const float held_s = std::max(0.03F, (static_cast<float>(end) - 2.5F) * map.hop_s);
  if (std::log(held_s) < event.hold_log_s) let_go(event, held_s);
}

std::vector<float> unexplained(const BinMap& map, const synthesis::PowerMap& sound,
                               const synthesis::PowerMap& explained) {
  const std::vector<int>& band_of_bin = views().fine.band_of_bin;
  std::vector<float> left(map.powers.begin(), map.powers.end());
  for (int t = 0; t < map.frames; ++t) {
    float* row = left.data() + static_cast<std::size_t>(t) * static_cast<std::size_t>(map.bins);
    for (int k = 0; k < map.bins; ++k) {
      const int band = band_of_bin[static_cast<std::size_t>(k)];
      row[k] *= std::max(1.0F - explained.row(band)[t] / (sound.row(band)[t] + 1e-20F), 0.0F);
    }
  }
  return left;
}

namespace {

/// What is left of a sound while events are proposed, and how much sets in at each frame: what the next
/// frames have beyond what was there two frames before.
class Remainder {
 public:
  Remainder(std::vector<float>& left, const BinMap& map, float floor, float compression, float before_weight)
      : left_(left),
        map_(map),
        floor_(floor),
        compression_(compression),
        low_(std::pow(floor, compression)),
        before_weight_(before_weight),
        loud_(left.size()),
        rise_(static_cast<std::size_t>(map.frames)),
        is_passed_(rise_.size()),
        nothing_(static_cast<std::size_t>(map.bins)) {
    for (const int band : views().fine.band_of_bin)
      bin_weight_.push_back(1.0F / std::sqrt(views().fine.width_bins[static_cast<std::size_t>(band)]));
    for (int t = 0; t < map.frames; ++t) compress(t);
    for (int t = 0; t < map.frames; ++t) measure(t);
  }

  [[nodiscard]] BinMap map() const { return {left_, map_.frames, map_.bins, map_.hz_per_bin, map_.hop_s}; }
  /// The frame at which most sets in.
  [[nodiscard]] int strongest_onset() const {
    return static_cast<int>(std::max_element(rise_.begin(), rise_.end()) - rise_.begin());
  }
  /// Around a double no more is looked for: it would be the same again.
  void pass(int onset) {
    constexpr int kPassedFrames = 2;  // to either side
    for (int t = std::max(onset - kPassedFrames, 0); t < std::min(onset + kPassedFrames + 1, map_.frames);
         ++t) {
      is_passed_[static_cast<std::size_t>(t)] = true;
      rise_[static_cast<std::size_t>(t)] = 0.0F;
    }
  }
  /// Takes some part of each bin away for a while.
  void keep(const std::vector<float>& part, int onset) {
    // To take it for as long as an event is guessed to last was worse: its guess is no explanation yet, and
    // hides what begins later.
    constexpr int kTakenFrames = 24;
    const int first = std::max(onset - 2, 0);
    const int last = std::min(onset + kTakenFrames, map_.frames);
    for (int t = first; t < last; ++t) {
      float* const row = left_.data() + place(t);
      for (std::size_t k = 0; k < part.size(); ++k) row[k] *= part[k];
      compress(t);
    }
    for (int t = std::max(first - kRiseFrames, 0); t < std::min(last + 2, map_.frames); ++t) measure(t);
  }

 private:
  [[nodiscard]] std::size_t place(int t) const {
    return static_cast<std::size_t>(t) * static_cast<std::size_t>(map_.bins);
  }
  void compress(int t) {
    compress_row(left_.data() + place(t), bin_weight_.data(), floor_, compression_, low_, map_.bins,
                 loud_.data() + place(t));
  }
  [[nodiscard]] const float* loud_at(int t) const {
    return t >= 0 && t < map_.frames ? loud_.data() + place(t) : nothing_.data();
  }
  void measure(int t) {
    if (is_passed_[static_cast<std::size_t>(t)]) return;
    rise_[static_cast<std::size_t>(t)] =
        rise_of({loud_at(t + 1), loud_at(t + 2), loud_at(t + 3)}, loud_at(t - 2), before_weight_, map_.bins);
  }

  std::vector<float>& left_;
  const BinMap& map_;
  float floor_, compression_, low_, before_weight_;
  std::vector<float> loud_, bin_weight_, rise_;
  std::vector<bool> is_passed_;
  std::vector<float> nothing_;
};

/// What of each bin of a spectrum an event leaves that goes on as it begins.
std::vector<float> part_left_by(EventSound event, std::span<const float> spectrum) {
  constexpr float kLeastLeft = 0.03F;
  const synthesis::BandView& view = views().fine;
  event.onset_s = -1.0F;
  event.hold_log_s = std::log(12.0F);
  event.decay_log_rate.fill(-5.0F);
  event.noise_decay_log_rate.fill(-5.0F);
  synthesis::PowerMap alone(view.bands(), 1);
  synthesis::EventPower(event, view, 1, 0.0F).add_to(alone);
  std::vector<float> banded(static_cast<std::size_t>(view.bands()));
  for (std::size_t k = 0; k < spectrum.size(); ++k) {
    const auto band = static_cast<std::size_t>(view.band_of_bin[k]);
    banded[band] += spectrum[k] / view.width_bins[band];
  }
  std::vector<float> part(spectrum.size());
  for (std::size_t k = 0; k < spectrum.size(); ++k) {
    const auto band = static_cast<std::size_t>(view.band_of_bin[k]);
    part[k] = std::clamp(1.0F - alone.values[band] / (banded[band] + 1e-20F), kLeastLeft, 1.0F);
  }
  return part;
}

}  // namespace

std::vector<Proposal> propose(std::vector<float>& left, const BinMap& map, const BinMap& low, int count,
                              float floor, float compression, std::span<const EventSound> known) {
  constexpr int kMostTries = 5;  // for each that is wanted
  Remainder remainder(left, map, floor, compression,
                      known.size() > kFirstFew ? kBeforeLater : kBeforeAtFirst);
  const BinMap rest = remainder.map();
  std::vector<Proposal> proposals;
  std::vector<EventSound> events;
  for (int tries = kMostTries * count; tries > 0 && std::ssize(events) < count; --tries) {
    const int onset = remainder.strongest_onset();
    const std::vector<float> spectrum = mean_spectrum(rest, std::min(onset + 1, map.frames - 1), onset + 5);
    if (*std::max_element(spectrum.begin(), spectrum.end()) <= floor) break;
    float hz = pitch_candidates(risen_spectrum(rest, onset), map.hz_per_bin, 1).front().hz;
    const auto lower = low_pitch(low, rest, map, onset, hz);
    if (lower) hz = lower->hz;
    EventSound event = lower ? spectral_guess(lower->spectrum, low.hz_per_bin, hz)
                             : spectral_guess(spectrum, map.hz_per_bin, hz);
    guess_motion(event, rest, onset);
    guess_course(event, rest, spectrum, onset);
    event.onset_s = (static_cast<float>(onset) + 0.5F) * map.hop_s;
    if (!is_double(event, known, map) && !is_double(event, events, map)) {
      proposals.push_back({event, proposal_view(rest, hz, onset, floor, known.size())});
      events.push_back(event);
    } else {
      remainder.pass(onset);
    }
    remainder.keep(part_left_by(event, spectrum), onset);
  }
  return proposals;
}

Proposal tone_proposal(const Line& line, const BinMap& map, const BinMap& left, float floor,
                       std::size_t known) {
  constexpr float kBeforeDb = 15.0F;  // a tone sets in where there was so much less
  constexpr float kToneBalanceDb = 40.0F;
  const std::vector<int>& bands = views().fine.band_of_bin;
  std::vector<float> spectrum = mean_spectrum(map, line.begin, line.end);
  const auto first = std::find(bands.begin(), bands.end(), line.band) - bands.begin();
  const auto last = std::find(bands.begin(), bands.end(), line.band + 1) - bands.begin();
  const auto highest = std::max_element(spectrum.begin() + first, spectrum.begin() + last);
  const auto peak = static_cast<std::size_t>(highest - spectrum.begin());
  const auto level_db = [&](int t) {
    const auto around = map.frame(t).subspan(peak - 1, 3);
    return decibels(*std::max_element(around.begin(), around.end()));
  };
  const float tone_db = decibels(*highest);
  int onset = line.begin;
  while (onset > 0 && level_db(onset - 1) > tone_db - kBeforeDb) --onset;

  const float hz = peak_bins(spectrum, peak) * map.hz_per_bin;
  for (std::size_t k = 0; k < spectrum.size(); ++k)
    if (k + 1 < peak || k > peak + 1) spectrum[k] = 0.0F;
  EventSound event = plain_sound();
  event.pitch_octaves = std::log2(hz);
  event.balance_db = kToneBalanceDb;
  std::fill(event.partials_db.begin() + 1, event.partials_db.end(), -50.0F);
  event.gain_db = decibels(*highest * 6.0F / (2.0F * static_cast<float>(map.bins - 1)));
  guess_course(event, map, spectrum, onset);
  event.onset_s = (static_cast<float>(onset) + 0.5F) * map.hop_s;
  return {event, proposal_view(left, hz, onset, floor, known)};
}

}  // namespace ictus::analysis
