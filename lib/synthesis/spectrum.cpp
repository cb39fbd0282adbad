#include "lib/synthesis/spectrum.hpp"

#include <algorithm>
#include <cmath>

#include "lib/core/wide.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kOctaveLog = 0.693147181F;
constexpr float kFadeFromHz = 19000.0F;  // partials fade out towards kHighestHz, so that none is cut off
constexpr float kSoftHz = 6000.0F;       // at which a room dies away twice as fast as below
constexpr float kLeastDb = -120.0F;      // below the strongest partial: no share of it

float logistic(float x) { return 1.0F / (1.0F + std::exp(-x)); }

/// 1 up to kFadeFromHz, 0 from kHighestHz on.
float audible(float hz) { return std::clamp((kHighestHz - hz) / (kHighestHz - kFadeFromHz), 0.0F, 1.0F); }

float stretch(float inharmonicity, float number) {
  return std::sqrt((1.0F + inharmonicity * number * number) / (1.0F + inharmonicity));
}

/// The steps of the integral: middles of equal parts of the mel scale, and how many Hz each is wide.
struct Grid {
  std::array<KnotPlace, kDensitySteps> place;
  std::array<float, kDensitySteps> width_hz;
};

Grid make_grid() {
  Grid grid{};
  const float top = mel_of(kHighestHz);
  for (std::size_t at = 0; at < kDensitySteps; ++at) {
    const auto i = static_cast<float>(at);
    const float low = hz_of(top * i / kDensitySteps);
    const float high = hz_of(top * (i + 1.0F) / kDensitySteps);
    grid.place[at] = spectrum_place(0.5F * (low + high));
    grid.width_hz[at] = high - low;
  }
  return grid;
}

const Grid& density_grid() {
  static const Grid grid = make_grid();
  return grid;
}

ICTUS_WIDE void exponentials(float* values, int count) {
  for (int i = 0; i < count; ++i) values[i] = wide_exp(values[i]);
}

}  // namespace

float partials_share(const EventSound& sound) { return logistic(sound.balance_db * kTenthOfLog10); }

float room_rate(float room_log_s, float hz) {
  return kDecay60 * std::exp(-room_log_s) * (1.0F + hz / kSoftHz);
}

Partials partials_of(const EventSound& sound) {
  Partials partials;
  const float first_hz = std::exp2(sound.pitch_octaves);
  const float inharmonicity = std::exp(sound.inharmonicity_log);
  std::array<float, kPartials> level_db{};
  float highest_db = kLeastDb;
  for (int number = 1; number <= kPartials; ++number) {
    const auto h = static_cast<std::size_t>(number - 1);
    const float hz =
        first_hz * static_cast<float>(number) * stretch(inharmonicity, static_cast<float>(number));
    if (hz >= kHighestHz) break;
    partials.hz[h] = hz;
    const float mel = mel_of(hz);
    partials.mel[h] = mel;
    level_db[h] = value_at(sound.partials_db, partial_place(number)) +
                  value_at(sound.body_db, spectrum_place_of_mel(mel));
    highest_db = h == 0 ? level_db[h] : std::max(highest_db, level_db[h]);
    partials.rate[h] = std::exp(value_at(sound.decay_log_rate, decay_place_of_mel(mel)));
    partials.room_rate[h] = room_rate(sound.room_log_s, hz);
    partials.count = number;
  }
  float sum = 0.0F;
  for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h) {
    const float below_db = std::max(level_db[h] - highest_db, kLeastDb);
    partials.power[h] = std::exp(below_db * kTenthOfLog10) * audible(partials.hz[h]);
    sum += partials.power[h];
  }
  const float scale = sum > 0.0F ? partials_share(sound) / sum : 0.0F;
  for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h) partials.power[h] *= scale;
  return partials;
}

void add_partials_gradient(const EventSound& sound, const Partials& partials, const PartialsGradient& slope,
                           EventSound& gradient) {
  const float share = partials_share(sound);
  const float inharmonicity = std::exp(sound.inharmonicity_log);
  // Powers are shares of a sum: what one gains, all lose.
  float weighted = 0.0F;
  for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h)
    weighted += partials.power[h] * slope.power[h];
  gradient.balance_db += kTenthOfLog10 * (1.0F - share) * weighted;
  for (int number = 1; number <= partials.count; ++number) {
    const auto h = static_cast<std::size_t>(number - 1);
    const float hz = partials.hz[h];
    const float by_level =
        kTenthOfLog10 * partials.power[h] * (slope.power[h] - weighted / std::max(share, 1e-9F));
    spread(gradient.partials_db, partial_place(number), by_level);
    const KnotPlace body = spectrum_place_of_mel(partials.mel[h]);
    const KnotPlace decay = decay_place_of_mel(partials.mel[h]);
    spread(gradient.body_db, body, by_level);
    spread(gradient.decay_log_rate, decay, slope.rate[h] * partials.rate[h]);
    gradient.room_log_s -= slope.room_rate[h] * partials.room_rate[h];
    // A partial that moves also meets another part of the body.
    const auto low = static_cast<std::size_t>(body.low);
    const float body_slope = body.inside * (sound.body_db[low + 1] - sound.body_db[low]) *
                             spectrum_knots_for_mel() * mel_slope(hz);
    // And it decays at another rate, as does the room there.
    const float by_rates =
        slope.rate[h] * partials.rate[h] * decay_slope(sound.decay_log_rate, decay) * mel_slope(hz) +
        slope.room_rate[h] * partials.room_rate[h] / (kSoftHz + hz);
    const float by_hz = slope.hz[h] + by_level * body_slope + by_rates;
    gradient.pitch_octaves += by_hz * hz * kOctaveLog;
    const auto n = static_cast<float>(number);
    const float by_b = 0.5F * (n * n / (1.0F + inharmonicity * n * n) - 1.0F / (1.0F + inharmonicity));
    gradient.inharmonicity_log += by_hz * hz * by_b * inharmonicity;
  }
}

NoiseDensity::NoiseDensity(const EventSound& sound) : level_(sound.noise_db) {
  const float highest = *std::max_element(level_.begin(), level_.end());
  for (float& level : level_) level -= highest;
  const Grid& grid = density_grid();
  shapes(grid.place, part_);
  float area_hz = 0.0F;
  for (std::size_t i = 0; i < kDensitySteps; ++i) {
    part_[i] *= grid.width_hz[i];
    area_hz += part_[i];
  }
  for (float& part : part_) part /= area_hz;
  share_ = logistic(-sound.balance_db * kTenthOfLog10);
  scale_ = share_ / area_hz;
}

void NoiseDensity::shapes(std::span<const KnotPlace> places, std::span<float> shape) const {
  for (std::size_t i = 0; i < places.size(); ++i) shape[i] = value_at(level_, places[i]) * kTenthOfLog10;
  exponentials(shape.data(), static_cast<int>(places.size()));
}

void NoiseDensity::at(std::span<const KnotPlace> places, std::span<float> density) const {
  shapes(places, density);
  for (std::size_t i = 0; i < places.size(); ++i) density[i] *= scale_;
}

void NoiseDensity::add_gradient(const EventSound& sound, std::span<const KnotPlace> places,
                                std::span<const float> density, std::span<const float> by_density,
                                EventSound& gradient) const {
  float weighted = 0.0F;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const float part = density[i] * by_density[i];
    weighted += part;
    spread(gradient.noise_db, places[i], kTenthOfLog10 * part);
  }
  gradient.balance_db -= kTenthOfLog10 * partials_share(sound) * weighted;
  const Grid& grid = density_grid();
  for (std::size_t i = 0; i < kDensitySteps; ++i)
    spread(gradient.noise_db, grid.place[i], -kTenthOfLog10 * weighted * part_[i]);
}

}  // namespace ictus::synthesis
