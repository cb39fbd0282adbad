#include "lib/analysis/target.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/core/wide.hpp"
#include "lib/synthesis/wide_loops.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::analysis {
namespace {

using synthesis::BandView;
using synthesis::PowerMap;

constexpr int kSampleRateHz = 44100;
constexpr float kFloor = 1e-7F;       // of the loudest: 70 dB below it is silence
constexpr float kLeastFloor = 1e-9F;  // so is what 16 bits cannot hold: white noise of -90 dB re full scale
constexpr float kDbOfLog = 4.34294482F;  // dB for each natural logarithm of power
constexpr int kMelBandsTo11kHz = 128;    // as the log-mel distance has them
constexpr int kBlockFrames = 4;          // of the loudness: 93 ms
constexpr float kLowestThirdHz = 50.0F;

ICTUS_WIDE void levels_of(const float* power, float floor, int count, float* level_db) {
  for (int i = 0; i < count; ++i) level_db[i] = kDbOfLog * synthesis::wide_log(power[i] + floor);
}

/// Sum of what `one` adds for each of `count`, in lanes that compilers turn into wide instructions. A part of
/// its caller, so that it is compiled for the same machines.
template <typename One>
[[gnu::always_inline]] inline float sum_in_lanes(int count, One one) {
  constexpr int kLanes = 16;
  float lane[kLanes] = {};
  int i = 0;
  for (; i + kLanes <= count; i += kLanes)
    for (int l = 0; l < kLanes; ++l) one(i + l, lane[l]);
  float sum = 0.0F;
  for (const float part : lane) sum += part;
  for (; i < count; ++i) one(i, sum);
  return sum;
}

/// Sum of |level of power - level_db|; adds `weight` times the slope by power to `slope`.
ICTUS_WIDE float level_distance(const float* power, const float* level_db, float floor, float weight,
                                int count, float* slope) {
  return sum_in_lanes(count, [&](int i, float& sum) {
    const float held = power[i] + floor;
    const float off = kDbOfLog * synthesis::wide_log(held) - level_db[i];
    sum += off < 0.0F ? -off : off;
    slope[i] += (off < 0.0F ? -weight : weight) * kDbOfLog / held;
  });
}

/// Sum of the squares of what magnitudes are off by.
ICTUS_WIDE float off_square(const float* is, const float* wanted, float floor, int count) {
  return sum_in_lanes(count, [&](int i, float& sum) {
    const float off = std::sqrt(is[i] + floor) - std::sqrt(wanted[i]);
    sum += off * off;
  });
}

/// Adds to each frame's sum `weight` times |level of its power - level_db|.
ICTUS_WIDE void add_level_distance(const float* __restrict power, const float* __restrict level_db,
                                   float floor, float weight, int count, float* __restrict sum) {
  for (int i = 0; i < count; ++i) {
    const float off = kDbOfLog * synthesis::wide_log(power[i] + floor) - level_db[i];
    sum[i] += weight * (off < 0.0F ? -off : off);
  }
}

/// Adds to each frame's sum the square of what its magnitude is off by.
ICTUS_WIDE void add_off_square(const float* __restrict is, const float* __restrict wanted, float floor,
                               int count, float* __restrict sum) {
  for (int i = 0; i < count; ++i) {
    const float off = std::sqrt(is[i] + floor) - std::sqrt(wanted[i]);
    sum[i] += off * off;
  }
}

float loudest_in(const PowerMap& map) {
  return map.values.empty() ? 0.0F : *std::max_element(map.values.begin(), map.values.end());
}

/// Means over fine bands, weighted: a few neighbouring bands each.
struct Pool {
  struct Row {
    int first_band;
    std::vector<float> weights;
  };
  std::vector<Row> rows;

  [[nodiscard]] PowerMap of(const PowerMap& fine) const {
    PowerMap result(static_cast<int>(rows.size()), fine.frames);
    for (int r = 0; r < result.bands; ++r) {
      const Row& row = rows[static_cast<std::size_t>(r)];
      for (std::size_t i = 0; i < row.weights.size(); ++i)
        synthesis::add_scaled(fine.row(row.first_band + static_cast<int>(i)), row.weights[i], fine.frames,
                              result.row(r));
    }
    return result;
  }
  /// Adds the slope by the means to that by the fine bands.
  void add_back(const PowerMap& slope, PowerMap& fine_slope) const {
    for (int r = 0; r < slope.bands; ++r) {
      const Row& row = rows[static_cast<std::size_t>(r)];
      for (std::size_t i = 0; i < row.weights.size(); ++i)
        synthesis::add_scaled(slope.row(r), row.weights[i], slope.frames,
                              fine_slope.row(row.first_band + static_cast<int>(i)));
    }
  }
};

/// Triangles of equal width in mel, 128 of them up to 11,025 Hz and as many more as follow; each sums to 1.
Pool mel_triangles(const BandView& view) {
  const float step = synthesis::mel_of(11025.0F) / (kMelBandsTo11kHz + 1);
  const int count = static_cast<int>(synthesis::mel_of(synthesis::kHighestHz) / step) - 1;
  Pool pool;
  std::vector<float> bands(static_cast<std::size_t>(view.bands()));
  for (int m = 0; m < count; ++m) {
    std::fill(bands.begin(), bands.end(), 0.0F);
    const float low = synthesis::hz_of(step * static_cast<float>(m));
    const float middle = synthesis::hz_of(step * static_cast<float>(m + 1));
    const float high = synthesis::hz_of(step * static_cast<float>(m + 2));
    float sum = 0.0F;
    for (int bin = 0; bin < view.bin_count(); ++bin) {
      const float hz = static_cast<float>(bin) * view.hz_per_bin();
      const float height = std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
      if (height <= 0.0F) continue;
      bands[static_cast<std::size_t>(view.band_of_bin[static_cast<std::size_t>(bin)])] += height;
      sum += height;
    }
    if (sum <= 0.0F) continue;
    const auto first = std::find_if(bands.begin(), bands.end(), [](float w) { return w > 0.0F; });
    const auto last = std::find_if(bands.rbegin(), bands.rend(), [](float w) { return w > 0.0F; }).base();
    Pool::Row row{static_cast<int>(first - bands.begin()), {first, last}};
    for (float& weight : row.weights) weight /= sum;
    pool.rows.push_back(std::move(row));
  }
  return pool;
}

/// Sums over thirds of an octave from 50 Hz on.
Pool thirds(const BandView& view) {
  Pool pool;
  float low = kLowestThirdHz;
  while (low < synthesis::kHighestHz) {
    const float high = low * std::exp2(1.0F / 3.0F);
    Pool::Row row{0, {}};
    for (int b = 0; b < view.bands(); ++b) {
      const float hz = view.centre_hz[static_cast<std::size_t>(b)];
      if (hz < low || hz >= high) continue;
      if (row.weights.empty()) row.first_band = b;
      row.weights.push_back(view.width_bins[static_cast<std::size_t>(b)]);
    }
    if (!row.weights.empty()) pool.rows.push_back(std::move(row));
    low = high;
  }
  return pool;
}

const Pool& mel_pool() {
  static const Pool pool = mel_triangles(views().fine);
  return pool;
}
const Pool& third_pool() {
  static const Pool pool = thirds(views().fine);
  return pool;
}

/// Sums over blocks of frames.
PowerMap in_blocks(const PowerMap& map, int block_frames) {
  PowerMap result(map.bands, map.frames / block_frames);
  for (int b = 0; b < map.bands; ++b)
    for (int t = 0; t < result.frames * block_frames; ++t) result.row(b)[t / block_frames] += map.row(b)[t];
  return result;
}

PowerMap thinned_map(const PowerMap& map, int first, int every) {
  PowerMap result(map.bands, (std::max(map.frames - first, 0) + every - 1) / every);
  for (int b = 0; b < map.bands; ++b)
    for (int t = 0; t < result.frames; ++t) result.row(b)[t] = map.row(b)[first + every * t];
  return result;
}

Views views_with(int hops) {
  return {BandView::fine(kSampleRateHz, 4096, 1024 * hops, 186, 380),
          BandView::mel(kSampleRateHz, 1024, 512 * hops, 48)};
}

}  // namespace

const Views& views() {
  static const Views both = views_with(1);
  return both;
}

const Views& thinned_views(int every) {
  static const Views second = views_with(2);
  static const Views fourth = views_with(4);
  return every == 2 ? second : fourth;
}

PowerMaps PowerMaps::between(int first, int last) const {
  const auto part = [](const PowerMap& map, int begin, int end) {
    PowerMap some(map.bands, end - begin);
    for (int b = 0; b < map.bands; ++b) std::copy(map.row(b) + begin, map.row(b) + end, some.row(b));
    return some;
  };
  return {part(fine, first, last),
          part(coarse, kCoarsePerFine * first, std::min(kCoarsePerFine * last, coarse.frames))};
}

// The first frames of the coarse view that are left lie where those of the fine view do.
PowerMaps PowerMaps::thinned(int first, int every) const {
  return {thinned_map(fine, first, every), thinned_map(coarse, kCoarsePerFine * first, every)};
}

void PowerMaps::hold_positive() {
  for (float& value : fine.values) value = std::max(value, 0.0F);
  for (float& value : coarse.values) value = std::max(value, 0.0F);
}

Target::Target(PowerMaps sound, const Weights& weights, float loudest_before, int every)
    : sound_(std::move(sound)),
      weights_(weights),
      block_frames_(kBlockFrames / every),
      loudest_(loudest_in(sound_.fine)),
      peak_(std::max({loudest_, loudest_before, kLeastFloor / kFloor})),
      fine_floor_(kFloor * peak_),
      mel_floor_(0.0F),
      coarse_floor_(0.0F),
      third_floor_(0.0F),
      magnitude_norm_(0.0F) {
  const auto levels = [](const PowerMap& map, float floor) {
    std::vector<float> level_db(map.values.size());
    levels_of(map.values.data(), floor, static_cast<int>(level_db.size()), level_db.data());
    return level_db;
  };
  // Floors of all kinds lie as far below their loudest, by as much lower as this is not the loudest so far.
  const float floor_part = kFloor * peak_ / std::max(loudest_, 1e-12F);
  coarse_floor_ = floor_part * std::max(loudest_in(sound_.coarse), 1e-12F);
  fine_db_ = levels(sound_.fine, fine_floor_);
  coarse_db_ = levels(sound_.coarse, coarse_floor_);
  const PowerMap mel = mel_pool().of(sound_.fine);
  mel_floor_ = floor_part * std::max(loudest_in(mel), 1e-12F);
  mel_db_ = levels(mel, mel_floor_);
  double energy = 0.0;
  for (const float power : sound_.fine.values) energy += power;
  magnitude_norm_ = static_cast<float>(std::sqrt(energy) + 1e-12);

  const PowerMap loud = in_blocks(third_pool().of(sound_.fine), block_frames_);
  const float most = std::max(loudest_in(loud), 1e-12F);
  third_floor_ = floor_part * most;
  third_db_ = levels(loud, third_floor_);
  double sum = 0.0;
  for (const float power : loud.values) {
    third_weight_.push_back(power > 1e-6F * most ? std::pow(power, 0.3F) : 0.0F);
    sum += third_weight_.back();
  }
  for (float& weight : third_weight_) weight /= static_cast<float>(sum + 1e-30);
}

std::pair<int, int> Target::whole_blocks(int first, int last) const {
  const int begin = std::clamp(first, 0, frames()) / block_frames_ * block_frames_;
  const int end = (std::clamp(last, 0, frames()) + block_frames_ - 1) / block_frames_ * block_frames_;
  return {begin, std::min(end, frames())};
}

std::vector<Target::Sums> Target::block_sums(const PowerMaps& explained, int first) const {
  const int frames = explained.fine.frames;
  std::vector<float> fine_db(static_cast<std::size_t>(frames));
  std::vector<float> coarse_db(static_cast<std::size_t>(explained.coarse.frames));
  std::vector<float> off_squares(fine_db.size());
  const auto add = [](const PowerMap& map, const std::vector<float>& level_db, int all_frames, int begin,
                      float floor, float weight, std::vector<float>& sum) {
    const float each = weight / static_cast<float>(level_db.size());
    for (int b = 0; b < map.bands; ++b)
      add_level_distance(map.row(b), level_db.data() + static_cast<std::ptrdiff_t>(b) * all_frames + begin,
                         floor, each, map.frames, sum.data());
  };
  const int all = sound_.fine.frames;
  add(explained.fine, fine_db_, all, first, fine_floor_, weights_.bands, fine_db);
  add(mel_pool().of(explained.fine), mel_db_, all, first, mel_floor_, weights_.mel, fine_db);
  add(explained.coarse, coarse_db_, sound_.coarse.frames, kCoarsePerFine * first, coarse_floor_,
      weights_.coarse, coarse_db);
  for (int b = 0; b < explained.fine.bands; ++b)
    add_off_square(explained.fine.row(b), sound_.fine.row(b) + first, 1e-5F * fine_floor_, frames,
                   off_squares.data());

  std::vector<Sums> blocks(static_cast<std::size_t>((frames + block_frames_ - 1) / block_frames_));
  const auto block_of = [&](std::size_t frame) -> Sums& {
    return blocks[std::min(frame / static_cast<std::size_t>(block_frames_), blocks.size() - 1)];
  };
  for (std::size_t t = 0; t < fine_db.size(); ++t) {
    block_of(t).weighted_db += static_cast<double>(fine_db[t]);
    block_of(t).off_square += static_cast<double>(off_squares[t]);
  }
  for (std::size_t t = 0; t < coarse_db.size(); ++t)
    block_of(t / kCoarsePerFine).weighted_db += static_cast<double>(coarse_db[t]);
  const PowerMap loud = in_blocks(third_pool().of(explained.fine), block_frames_);
  const int all_blocks = all / block_frames_;
  for (int b = 0; b < loud.bands; ++b) {
    for (int t = 0; t < loud.frames; ++t) {
      const auto i = static_cast<std::size_t>(b * all_blocks + first / block_frames_ + t);
      const float error = kDbOfLog * std::log(loud.row(b)[t] + third_floor_) - third_db_[i];
      blocks[static_cast<std::size_t>(t)].weighted_db +=
          static_cast<double>(weights_.loudness * third_weight_[i] * std::abs(error));
    }
  }
  return blocks;
}

Target::Sums Target::sums(const PowerMaps& explained, int first) const {
  Sums all;
  for (const Sums& block : block_sums(explained, first)) all += block;
  return all;
}

float Target::distance(const Sums& sums) const {
  return static_cast<float>(sums.weighted_db + static_cast<double>(weights_.convergence) *
                                                   std::sqrt(std::max(sums.off_square, 0.0)) /
                                                   static_cast<double>(magnitude_norm_));
}

float Target::convergence(const PowerMaps& explained) const {
  return static_cast<float>(std::sqrt(std::max(sums(explained, 0).off_square, 0.0)) /
                            static_cast<double>(magnitude_norm_));
}

float Target::distance(const PowerMaps& explained, PowerMaps& slope) const {
  std::fill(slope.fine.values.begin(), slope.fine.values.end(), 0.0F);
  std::fill(slope.coarse.values.begin(), slope.coarse.values.end(), 0.0F);
  const auto part = [](const PowerMap& map, const std::vector<float>& level_db, float floor, float weight,
                       PowerMap& by) {
    const float each = weight / static_cast<float>(map.values.size());
    return each * level_distance(map.values.data(), level_db.data(), floor, each,
                                 static_cast<int>(map.values.size()), by.values.data());
  };
  float total = part(explained.fine, fine_db_, fine_floor_, weights_.bands, slope.fine);
  total += part(explained.coarse, coarse_db_, coarse_floor_, weights_.coarse, slope.coarse);

  const PowerMap mel = mel_pool().of(explained.fine);
  PowerMap mel_slope(mel.bands, mel.frames);
  total += part(mel, mel_db_, mel_floor_, weights_.mel, mel_slope);
  mel_pool().add_back(mel_slope, slope.fine);

  float off = 0.0F;
  for (int b = 0; b < explained.fine.bands; ++b)
    off += off_square(explained.fine.row(b), sound_.fine.row(b), 1e-5F * fine_floor_, explained.fine.frames);
  const float distance = std::sqrt(off) + 1e-12F;
  total += weights_.convergence * distance / magnitude_norm_;
  const float scale = 0.5F * weights_.convergence / (distance * magnitude_norm_);
  for (std::size_t i = 0; i < explained.fine.values.size(); ++i) {
    const float root = std::sqrt(explained.fine.values[i] + 1e-5F * fine_floor_);
    slope.fine.values[i] += scale * (1.0F - std::sqrt(sound_.fine.values[i]) / root);
  }

  const PowerMap third = third_pool().of(explained.fine);
  const PowerMap loud = in_blocks(third, block_frames_);
  PowerMap third_slope(third.bands, third.frames);
  float loudness = 0.0F;
  for (int b = 0; b < loud.bands; ++b) {
    for (int t = 0; t < loud.frames; ++t) {
      const auto i = static_cast<std::size_t>(b * loud.frames + t);
      const float held = loud.values[i] + third_floor_;
      const float error = kDbOfLog * std::log(held) - third_db_[i];
      loudness += third_weight_[i] * std::abs(error);
      const float by = weights_.loudness * third_weight_[i] * (error < 0.0F ? -kDbOfLog : kDbOfLog) / held;
      std::fill_n(third_slope.row(b) + t * block_frames_, block_frames_, by);
    }
  }
  total += weights_.loudness * loudness;
  third_pool().add_back(third_slope, slope.fine);
  return total;
}

}  // namespace ictus::analysis
