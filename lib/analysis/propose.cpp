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
#include "lib/synthesis/event_power.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide.hpp"
#include "lib/synthesis/wide_loops.hpp"

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

std::vector<Proposal> propose(std::vector<float>& left, const BinMap& map, const BinMap& low, int count,
                              float floor, float compression, std::span<const EventSound> known) {
  // From which a proposal takes its share away. To do so for as long as it is guessed to last was worse: its
  // guess is no explanation yet, and hides what begins later.
  constexpr int kTakenFrames = 24;
  constexpr float kLeastLeft = 0.03F;
  constexpr int kMostTries = 5;  // for each that is wanted
  /// Frames to either side of a double, where no more is looked for this time: it would be the same again.
  constexpr int kPassedFrames = 2;
  const synthesis::BandView& view = views().fine;
  const BinMap rest{left, map.frames, map.bins, map.hz_per_bin, map.hop_s};
  std::vector<float> bin_weight;
  for (const int band : view.band_of_bin)
    bin_weight.push_back(1.0F / std::sqrt(view.width_bins[static_cast<std::size_t>(band)]));
  const auto bins = static_cast<std::size_t>(map.bins);
  const float low_power = std::pow(floor, compression);

  const float before_weight = known.size() > kFirstFew ? kBeforeLater : kBeforeAtFirst;

  // How much sets in at each frame: what the next frames have beyond what was there two frames before.
  std::vector<float> loud(left.size());
  const auto compress = [&](int t) {
    const std::size_t at = static_cast<std::size_t>(t) * bins;
    compress_row(left.data() + at, bin_weight.data(), floor, compression, low_power, map.bins,
                 loud.data() + at);
  };
  for (int t = 0; t < map.frames; ++t) compress(t);
  std::vector<float> rise(static_cast<std::size_t>(map.frames));
  std::vector<bool> is_passed(rise.size());
  const std::vector<float> nothing(bins);
  const auto loud_at = [&](int t) {
    const bool is_there = t >= 0 && t < map.frames;
    return is_there ? loud.data() + static_cast<std::size_t>(t) * bins : nothing.data();
  };
  const auto measure = [&](int t) {
    if (is_passed[static_cast<std::size_t>(t)]) return;
    rise[static_cast<std::size_t>(t)] =
        rise_of({loud_at(t + 1), loud_at(t + 2), loud_at(t + 3)}, loud_at(t - 2), before_weight, map.bins);
  };
  for (int t = 0; t < map.frames; ++t) measure(t);

  std::vector<Proposal> proposals;
  std::vector<EventSound> events;
  synthesis::PowerMap alone(view.bands(), 1);
  for (int tries = kMostTries * count; tries > 0 && std::ssize(events) < count; --tries) {
    const int onset = static_cast<int>(std::max_element(rise.begin(), rise.end()) - rise.begin());
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
      for (int t = std::max(onset - kPassedFrames, 0); t < std::min(onset + kPassedFrames + 1, map.frames);
           ++t) {
        is_passed[static_cast<std::size_t>(t)] = true;
        rise[static_cast<std::size_t>(t)] = 0.0F;
      }
    }

    // What it has at its beginning is taken away for a while.
    EventSound held = event;
    held.onset_s = -1.0F;
    held.hold_log_s = std::log(12.0F);
    held.decay_log_rate.fill(-5.0F);
    held.noise_decay_log_rate.fill(-5.0F);
    std::fill(alone.values.begin(), alone.values.end(), 0.0F);
    synthesis::EventPower(held, view, 1, 0.0F).add_to(alone);
    std::vector<float> banded(static_cast<std::size_t>(view.bands()));
    for (std::size_t k = 0; k < bins; ++k) {
      const auto band = static_cast<std::size_t>(view.band_of_bin[k]);
      banded[band] += spectrum[k] / view.width_bins[band];
    }
    std::vector<float> left_part(bins);
    for (std::size_t k = 0; k < bins; ++k) {
      const auto band = static_cast<std::size_t>(view.band_of_bin[k]);
      left_part[k] = std::clamp(1.0F - alone.values[band] / (banded[band] + 1e-20F), kLeastLeft, 1.0F);
    }
    const int first = std::max(onset - 2, 0);
    const int last = std::min(onset + kTakenFrames, map.frames);
    for (int t = first; t < last; ++t) {
      float* row = left.data() + static_cast<std::size_t>(t) * bins;
      for (std::size_t k = 0; k < bins; ++k) row[k] *= left_part[k];
      compress(t);
    }
    for (int t = std::max(first - kRiseFrames, 0); t < std::min(last + 2, map.frames); ++t) measure(t);
  }
  return proposals;
}

}  // namespace ictus::analysis
