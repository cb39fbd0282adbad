#include "lib/metrics/log_mel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/core/weighted_band.hpp"
#include "lib/metrics/power_spectrum.hpp"

namespace ictus::metrics {
namespace {

/// O'Shaughnessy's mel scale.
double hz_to_mel(double hz) { return 2595.0 * std::log10(1.0 + hz / 700.0); }
double mel_to_hz(double mel) { return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0); }

/// Triangular bands that overlap by half, equally wide on the mel scale from 0 Hz to Nyquist. One that is
/// narrower than the distance of bins may be empty.
std::vector<WeightedBand> make_mel_bands(const LogMelResolution& resolution, double sample_rate_hz) {
  const double top_mel = hz_to_mel(sample_rate_hz / 2.0);
  const auto edge_hz = [&](std::size_t i) {
    return mel_to_hz(top_mel * static_cast<double>(i) / static_cast<double>(resolution.bands + 1));
  };
  std::vector<WeightedBand> bands;
  for (std::size_t b = 0; b < resolution.bands; ++b) {
    const double low = edge_hz(b);
    const double peak = edge_hz(b + 1);
    const double high = edge_hz(b + 2);
    bands.push_back(weighted_band(resolution.window_samples / 2 + 1, [&](std::size_t bin) {
      const double hz =
          static_cast<double>(bin) * sample_rate_hz / static_cast<double>(resolution.window_samples);
      return std::min((hz - low) / (peak - low), (high - hz) / (high - peak));
    }));
  }
  return bands;
}

/// Band powers of one frame after another.
class MelAnalyser {
 public:
  MelAnalyser(const LogMelResolution& resolution, double sample_rate_hz)
      : spectrum_(resolution.window_samples),
        bands_(make_mel_bands(resolution, sample_rate_hz)),
        band_powers_(resolution.bands) {}

  /// The powers of the frame that begins at `signal`, which is silent beyond its end.
  std::span<const double> analyse(std::span<const float> signal) {
    const std::span<const double> power = spectrum_.analyse(signal);
    for (std::size_t b = 0; b < bands_.size(); ++b) {
      double sum = 0.0;
      for (std::size_t i = 0; i < bands_[b].weights.size(); ++i) {
        sum += bands_[b].weights[i] * power[bands_[b].first_bin + i];
      }
      band_powers_[b] = sum;
    }
    return band_powers_;
  }

 private:
  PowerSpectrum spectrum_;
  std::vector<WeightedBand> bands_;
  std::vector<double> band_powers_;
};

/// Calls `visit(offset)` for each frame.
template <typename Visit>
void for_each_frame(std::size_t length, std::size_t window, Visit visit) {
  const std::size_t hop = hop_of(window);
  const std::size_t frames = length < window ? 1 : 1 + (length - window) / hop;
  for (std::size_t i = 0; i < frames; ++i) visit(i * hop);
}

double largest_power(MelAnalyser& analyser, std::span<const float> signal, std::size_t window) {
  double largest = 0.0;
  for_each_frame(signal.size(), window, [&](std::size_t offset) {
    for (const double power : analyser.analyse(signal.subspan(offset))) largest = std::max(largest, power);
  });
  return largest;
}

double distance_at(const LogMelResolution& resolution, std::span<const float> reference,
                   std::span<const float> test, double sample_rate_hz) {
  MelAnalyser of_reference(resolution, sample_rate_hz);
  MelAnalyser of_test(resolution, sample_rate_hz);

  // The reference is analysed twice, so that its band powers need not be kept.
  const double largest = largest_power(of_reference, reference, resolution.window_samples);
  if (largest == 0.0) {
    const bool test_is_silent = largest_power(of_test, test, resolution.window_samples) == 0.0;
    return test_is_silent ? 0.0 : std::numeric_limits<double>::infinity();
  }

  const double floor = 1e-7 * largest;
  double sum = 0.0;
  std::size_t count = 0;
  for_each_frame(reference.size(), resolution.window_samples, [&](std::size_t offset) {
    const auto reference_powers = of_reference.analyse(reference.subspan(offset));
    const auto test_powers = of_test.analyse(test.subspan(offset));
    for (std::size_t b = 0; b < resolution.bands; ++b) {
      sum += std::abs(10.0 * std::log10((reference_powers[b] + floor) / (test_powers[b] + floor)));
    }
    count += resolution.bands;
  });
  return sum / static_cast<double>(count);
}

}  // namespace

LogMelDistance log_mel_distance(std::span<const float> reference, std::span<const float> test,
                                int sample_rate_hz) {
  const std::size_t length = std::min(reference.size(), test.size());
  if (length == 0) throw Error("there are no samples to compare");
  LogMelDistance distance;
  for (std::size_t i = 0; i < kLogMelResolutions.size(); ++i) {
    distance.window_db[i] =
        distance_at(kLogMelResolutions[i], reference.first(length), test.first(length), sample_rate_hz);
    distance.mean_db += distance.window_db[i] / static_cast<double>(kLogMelResolutions.size());
  }
  return distance;
}

double log_mel_distance_db(std::span<const float> reference, std::span<const float> test,
                           int sample_rate_hz) {
  return log_mel_distance(reference, test, sample_rate_hz).mean_db;
}

}  // namespace ictus::metrics
