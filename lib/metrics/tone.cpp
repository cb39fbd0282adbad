#include "lib/metrics/tone.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <vector>

#include "lib/core/error.hpp"
#include "lib/metrics/peak.hpp"
#include "lib/metrics/power_spectrum.hpp"

namespace ictus::metrics {
namespace {

constexpr double kLowestAmplitude = 1e-9;  // -180 dBFS

std::vector<double> levels_dbfs(std::span<const float> sound, std::size_t frame_samples) {
  std::vector<double> levels;
  for (std::size_t begin = 0; begin + frame_samples <= sound.size(); begin += frame_samples) {
    double power = 0.0;
    for (const float sample : sound.subspan(begin, frame_samples)) {
      power += static_cast<double>(sample) * static_cast<double>(sample);
    }
    const double amplitude = std::sqrt(power / static_cast<double>(frame_samples));
    levels.push_back(20.0 * std::log10(std::max(amplitude, kLowestAmplitude)));
  }
  return levels;
}

/// Between the two nearest of the values, which are sorted, in proportion.
double percentile(const std::vector<double>& sorted, double percent) {
  const double place = percent / 100.0 * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - static_cast<double>(below));
}

/// Of the strongest sinusoid; nothing of silence.
std::optional<double> strongest_hz(std::span<const float> sound, double sample_rate_hz) {
  const std::vector<double> window = periodic_hann(sound.size());
  const std::size_t size = std::bit_ceil(std::max<std::size_t>(4, sound.size()) * 4);
  std::vector<double> frame(size, 0.0);
  for (std::size_t i = 0; i < sound.size(); ++i) frame[i] = static_cast<double>(sound[i]) * window[i];
  std::vector<std::complex<double>> spectrum(size / 2);
  const kissfft<double> fft(size / 2, false);
  fft.transform_real(frame.data(), spectrum.data());

  std::vector<double> power(size / 2);
  for (std::size_t bin = 1; bin < power.size(); ++bin) power[bin] = std::norm(spectrum[bin]);
  const auto peak = std::max_element(power.begin() + 1, power.end() - 1);
  if (*peak == 0.0) return std::nullopt;
  const double bin = static_cast<double>(peak - power.begin()) + peak_offset(peak[-1], peak[0], peak[1]);
  return bin * sample_rate_hz / static_cast<double>(size);
}

}  // namespace

ToneError tone_error(std::span<const float> sound, int sample_rate_hz, const SteadyTone& tone) {
  const auto frame_samples = static_cast<std::size_t>(sample_rate_hz / 50);
  std::vector<double> levels = frame_samples > 0 ? levels_dbfs(sound, frame_samples) : std::vector<double>{};
  if (levels.empty()) throw Error("a tone of less than 20 ms cannot be measured");
  std::sort(levels.begin(), levels.end());

  ToneError error;
  error.level_db = percentile(levels, 50.0) - tone.level_dbfs;
  error.swing_db = percentile(levels, 95.0) - percentile(levels, 5.0);
  if (const auto found_hz = strongest_hz(sound, sample_rate_hz)) {
    error.pitch_cents = 1200.0 * std::log2(*found_hz / tone.frequency_hz);
  }
  return error;
}

}  // namespace ictus::metrics
