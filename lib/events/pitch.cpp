#include "lib/events/pitch.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/dsp/peak.hpp"

namespace ictus::events {
namespace {

constexpr double kLowestPitchHz = 26.73;  // a quarter tone below A0
constexpr double kHighestPatternHz = 4700.0;
/// Patterns begin lower: a rumble that fits one of those best has no pitch.
constexpr double kLowestPatternHz = 24.0;
constexpr int kPatternsPerOctave = 48;
/// What harmonics say more reliably than higher ones.
constexpr int kHarmonics = 16;
constexpr double kHighestHarmonicHz = 5000.0;
/// Amplitudes in a pattern, of roots of power, are harmonic^-0.4.
constexpr double kRolloff = 0.4;
/// Partials of strings, and of what the decoder mixes from several spectra, lie beside their places.
constexpr double kInharmonicity = 0.03;
/// Half the width of a Hann window's main lobe.
constexpr double kLobeBins = 2.0;
/// Bands around one, to either side, whose lowest value is taken for the floor on which it stands.
constexpr std::size_t kFloorReach = 3;
/// Part of the concentration of a harmonic sound that a spectrum must have. Noise, averaged over a few
/// frames, has less than 0.25.
constexpr double kLeastConcentration = 0.4;

std::vector<float> on_cpu(const torch::Tensor& t) {
  const torch::Tensor values = t.to(torch::kCPU).contiguous();
  return {values.data_ptr<float>(), values.data_ptr<float>() + values.numel()};
}

double pattern_hz(std::int64_t index) {
  return kLowestPatternHz * std::exp2(static_cast<double>(index) / kPatternsPerOctave);
}

float square_of(float x) { return x * x; }

double erb_number(double hz) { return 21.4 * std::log10(1.0 + hz / 229.0); }

/// Around every value, what `of` makes of those in reach.
template <typename F>
std::vector<float> around(const std::vector<float>& values, F of) {
  std::vector<float> out(values.size());
  for (std::size_t b = 0; b < values.size(); ++b) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(b - std::min(b, kFloorReach));
    const auto last =
        values.begin() + static_cast<std::ptrdiff_t>(std::min(b + kFloorReach + 1, values.size()));
    out[b] = of(first, last);
  }
  return out;
}

}  // namespace

PitchFinder::PitchFinder(const dsp::Bands& bands)
    : hz_per_bin_(static_cast<double>(bands.settings.sample_rate_hz) / bands.settings.fine_window_samples),
      centre_hz_(on_cpu(bands.fine_centres_hz)),
      width_bins_(on_cpu(bands.fine_widths)) {
  const std::size_t size = centre_hz_.size();
  // Between every band counting the same and every step on the ear's scale doing so. A product of two values
  // that are weighted so counts by the square root of the band's width on that scale.
  std::vector<float> weight(size);
  float whole = 0.0F;
  for (std::size_t b = 0; b < size; ++b) {
    const double half_hz = 0.5 * width_bins_[b] * hz_per_bin_;
    weight[b] = static_cast<float>(std::sqrt(
        std::sqrt(erb_number(centre_hz_[b] + half_hz) - erb_number(std::max(0.0, centre_hz_[b] - half_hz)))));
    whole += weight[b];
  }

  const auto count = static_cast<std::int64_t>(
      std::ceil(std::log2(kHighestPatternHz / kLowestPatternHz) * kPatternsPerOctave));
  correlations_ = torch::zeros({count, static_cast<std::int64_t>(size)});
  patterns_.resize(static_cast<std::size_t>(count) * size);
  for (std::int64_t i = 0; i < count; ++i) {
    const double hz = pattern_hz(i);
    float* pattern = correlations_[i].data_ptr<float>();
    for (int harmonic = 1; harmonic == 1 || (harmonic <= kHarmonics && harmonic * hz <= kHighestHarmonicHz);
         ++harmonic) {
      const double at = harmonic * hz;
      const double height = std::pow(harmonic, -kRolloff);
      // Fourth root of a Hann window's lobe, nearly; spread by inharmonicity and by the width of bands.
      const auto reach = [&](std::size_t b) {
        return kLobeBins * std::max({hz_per_bin_, kInharmonicity * at, 0.5 * width_bins_[b] * hz_per_bin_});
      };
      const auto nearest = static_cast<std::size_t>(
          std::lower_bound(centre_hz_.begin(), centre_hz_.end(), at) - centre_hz_.begin());
      const auto lobe = [&](std::size_t b) {
        const double off = std::abs(centre_hz_[b] - at) / reach(b);
        if (off < 1.0)
          pattern[b] =
              std::max(pattern[b], static_cast<float>(height * std::cos(0.5 * std::numbers::pi * off)));
        return off < 1.0;
      };
      for (std::size_t b = nearest; b < size && lobe(b); ++b) {
      }
      for (std::size_t b = nearest; b-- > 0 && lobe(b);) {
      }
    }
    std::copy_n(pattern, size, &patterns_[static_cast<std::size_t>(i) * size]);

    float mean = 0.0F, square = 0.0F;
    for (std::size_t b = 0; b < size; ++b) mean += weight[b] * pattern[b] / whole;
    for (std::size_t b = 0; b < size; ++b) square += square_of(weight[b] * (pattern[b] - mean));
    // A spectrum is weighted as well.
    for (std::size_t b = 0; b < size; ++b)
      pattern[b] = weight[b] * weight[b] * (pattern[b] - mean) / std::sqrt(square);
  }
}

double PitchFinder::reach_hz(double harmonic, double hz, std::size_t band) const {
  return std::min(0.25 * hz, std::max({kLobeBins * hz_per_bin_, kInharmonicity * harmonic * hz,
                                       0.5 * width_bins_[band] * hz_per_bin_}));
}

double PitchFinder::concentration(std::span<const float> density, double hz) const {
  double between = 0.0, between_if_even = 0.0;
  for (std::size_t b = 0; b < density.size(); ++b) {
    const double power = static_cast<double>(density[b]) * width_bins_[b];
    const double harmonic = std::round(centre_hz_[b] / hz);
    const double reach = reach_hz(harmonic, hz, b);
    const bool is_between = harmonic < 1.0 || std::abs(centre_hz_[b] - harmonic * hz) > reach;
    if (is_between) between += power;
    between_if_even += power * (harmonic < 1.0 ? 1.0 : 1.0 - 2.0 * reach / hz);
  }
  return between_if_even > 0.0 ? 1.0 - between / between_if_even : 0.0;
}

std::vector<float> PitchFinder::flattened(std::span<const float> density) const {
  std::vector<float> root(density.size());
  for (std::size_t b = 0; b < root.size(); ++b) root[b] = std::sqrt(std::sqrt(density[b]));
  const std::vector<float> lowest =
      around(root, [](auto first, auto last) { return *std::min_element(first, last); });
  const std::vector<float> floor = around(lowest, [](auto first, auto last) {
    float sum = 0.0F;
    for (auto at = first; at != last; ++at) sum += *at;
    return sum / static_cast<float>(last - first);
  });
  for (std::size_t b = 0; b < root.size(); ++b) root[b] = std::max(0.0F, root[b] - floor[b]);
  return root;
}

double PitchFinder::refined(std::span<const float> density, double hz) const {
  double sum_hz = 0.0, sum_power = 0.0;
  for (std::size_t b = 1; b + 1 < density.size(); ++b) {
    const float before = density[b - 1], at = density[b], after = density[b + 1];
    if (at <= before || at < after) continue;
    const double bands_off = dsp::peak_offset(before / at, 1.0, after / at);
    const std::size_t beside = bands_off < 0.0 ? b - 1 : b + 1;
    const double peak_hz = centre_hz_[b] + std::abs(bands_off) * (centre_hz_[beside] - centre_hz_[b]);
    const double harmonic = std::round(peak_hz / hz);
    if (harmonic < 1.0 || harmonic > kHarmonics) continue;
    if (std::abs(peak_hz - harmonic * hz) > reach_hz(harmonic, hz, b)) continue;
    const double power = before * width_bins_[b - 1] + at * width_bins_[b] + after * width_bins_[b + 1];
    sum_hz += power * peak_hz / harmonic;
    sum_power += power;
  }
  // Further off than the next pattern it would be another pitch, of one of the peaks that lie beside their
  // places.
  const double furthest = std::exp2(1.0 / kPatternsPerOctave);
  return sum_power > 0.0 ? std::clamp(sum_hz / sum_power, hz / furthest, hz * furthest) : hz;
}

double PitchFinder::pitch_hz(std::span<const float> density) const {
  torch::NoGradGuard no_grad;
  std::vector<float> values = flattened(density);
  const torch::Tensor fit =
      torch::mv(correlations_, torch::from_blob(values.data(), {static_cast<std::int64_t>(values.size())}));
  const float* fits = fit.data_ptr<float>();
  const std::int64_t best = std::max_element(fits, fits + fit.numel()) - fits;
  const double hz = pattern_hz(best);
  if (hz < kLowestPitchHz) return 0.0;
  // As much as the bands can show at this pitch: those of the lowest ones run together.
  const float* pattern = &patterns_[static_cast<std::size_t>(best) * values.size()];
  for (std::size_t b = 0; b < values.size(); ++b) values[b] = square_of(square_of(pattern[b]));
  // Negated, so that what is no number has no pitch.
  if (!(concentration(density, hz) >= kLeastConcentration * concentration(values, hz))) return 0.0;
  return refined(density, hz);
}

}  // namespace ictus::events
