#include "lib/metrics/pitch_track.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "lib/core/error.hpp"
#include "lib/metrics/peak.hpp"
#include "lib/metrics/power_spectrum.hpp"

namespace ictus::metrics {
namespace {

constexpr double kEveryS = 0.02;
constexpr double kWindowS = 0.06;
constexpr double kPeriods = 6.0;  // so that neighbouring partials do not reach into each other
constexpr double kWeakest = 1e-6;

struct Peak {
  double hz = 0.0;  ///< from where the partial should be
  double power = 0.0;
};

/// The sound of which `partial` is brought to 0 Hz.
std::vector<std::complex<double>> brought_to_zero(std::span<const float> sound, double sample_rate_hz,
                                                  std::span<const double> frequency_hz, double partial) {
  std::vector<std::complex<double>> still(sound.size());
  double turns = 0.0;
  for (std::size_t i = 0; i < sound.size(); ++i) {
    still[i] = std::polar(static_cast<double>(sound[i]), -2.0 * std::numbers::pi * turns);
    // Between two samples the frequency is the mean of both.
    const double next_hz = frequency_hz[std::min(i + 1, sound.size() - 1)];
    turns += partial * 0.5 * (frequency_hz[i] + next_hz) / sample_rate_hz;
    turns -= std::floor(turns);
  }
  return still;
}

/// The highest peak less than `reach_hz` from 0 Hz; nothing if the highest place of all is at the ends.
std::optional<Peak> peak_near_zero(const std::vector<std::complex<double>>& spectrum, double sample_rate_hz,
                                   double reach_hz) {
  const auto size = static_cast<std::ptrdiff_t>(spectrum.size());
  const auto reach = static_cast<std::ptrdiff_t>(reach_hz * static_cast<double>(size) / sample_rate_hz);
  const auto power = [&](std::ptrdiff_t bin) {
    return std::norm(spectrum[static_cast<std::size_t>((bin + size) % size)]);
  };
  std::ptrdiff_t highest = 0;
  for (std::ptrdiff_t bin = -reach; bin <= reach; ++bin) {
    if (power(bin) > power(highest)) highest = bin;
  }
  if (highest == -reach || highest == reach || power(highest) == 0.0) return std::nullopt;
  const double offset = peak_offset(power(highest - 1), power(highest), power(highest + 1));
  return Peak{(static_cast<double>(highest) + offset) * sample_rate_hz / static_cast<double>(size),
              power(highest)};
}

void check(std::span<const double> frequency_hz, int sample_rate_hz, double partial) {
  for (const double hz : frequency_hz) {
    if (hz > 0.0 && (partial + 0.5) * hz < sample_rate_hz / 2.0) continue;
    throw Error("partial " + std::to_string(std::lround(partial)) + " of " + std::to_string(hz) +
                    " Hz cannot be followed at a rate of " + std::to_string(sample_rate_hz) + " Hz",
                "half a frequency above the partial must lie below half the rate");
  }
}

}  // namespace

std::vector<PitchDeviation> pitch_deviations(std::span<const float> sound, int sample_rate_hz,
                                             std::span<const double> frequency_hz, int partial) {
  const std::size_t length = std::min(sound.size(), frequency_hz.size());
  sound = sound.first(length);
  frequency_hz = frequency_hz.first(length);
  check(frequency_hz, sample_rate_hz, partial);
  if (length == 0) throw Error("there are no samples to follow a pitch in");
  const double rate_hz = sample_rate_hz;
  const double lowest_hz = *std::min_element(frequency_hz.begin(), frequency_hz.end());
  const auto window_samples = static_cast<std::size_t>(std::max(kWindowS, kPeriods / lowest_hz) * rate_hz);
  if (length < window_samples) throw Error("the sound is too short to follow a pitch in");

  const std::vector<double> window = periodic_hann(window_samples);
  const std::vector<std::complex<double>> still = brought_to_zero(sound, rate_hz, frequency_hz, partial);
  const std::size_t size = std::bit_ceil(2 * window_samples);
  const kissfft<double> fft(size, false);
  std::vector<std::complex<double>> frame(size);
  std::vector<std::complex<double>> spectrum(size);
  std::vector<PitchDeviation> deviations;
  std::vector<double> powers;
  for (std::size_t k = 0;; ++k) {
    const auto begin = static_cast<std::size_t>(static_cast<double>(k) * kEveryS * rate_hz);
    if (begin + window_samples > length) break;
    for (std::size_t i = 0; i < window_samples; ++i) frame[i] = still[begin + i] * window[i];
    fft.transform(frame.data(), spectrum.data());
    const std::size_t middle = begin + window_samples / 2;
    const double hz = frequency_hz[middle];
    const auto peak = peak_near_zero(spectrum, rate_hz, 0.5 * hz);
    deviations.push_back({static_cast<double>(middle) / rate_hz, std::nullopt});
    powers.push_back(peak ? peak->power : 0.0);
    if (peak) deviations.back().cents = 1200.0 * std::log2(1.0 + peak->hz / (partial * hz));
  }
  const double strongest = *std::max_element(powers.begin(), powers.end());
  for (std::size_t k = 0; k < powers.size(); ++k) {
    if (powers[k] < kWeakest * strongest) deviations[k].cents.reset();
  }
  return deviations;
}

}  // namespace ictus::metrics
