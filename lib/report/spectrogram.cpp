#include "lib/report/spectrogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <kissfft.hh>
#include <numbers>

#include "lib/core/error.hpp"
#include "lib/core/weighted_band.hpp"

namespace ictus::report {
namespace {

constexpr double kWindowS = 0.128;
constexpr double kStepDb = 1.25;

std::vector<WeightedBand> make_bands(std::size_t rows, double highest_hz, double bin_hz, std::size_t bins) {
  std::vector<WeightedBand> bands;
  const double row_ratio = std::pow(highest_hz / kLowestHz, 1.0 / static_cast<double>(rows));
  for (std::size_t row = 0; row < rows; ++row) {
    const double centre_hz = highest_hz * std::pow(row_ratio, -(static_cast<double>(row) + 0.5));
    // Narrower than two bins, the band would fall between them.
    const double reach_hz = std::max(centre_hz * (row_ratio - 1.0), bin_hz);
    bands.push_back(weighted_band(bins, [&](std::size_t bin) {
      return 1.0 - std::abs(static_cast<double>(bin) * bin_hz - centre_hz) / reach_hz;
    }));
  }
  return bands;
}

}  // namespace

double Spectrogram::height_of(double hz) const {
  return std::log(highest_hz / hz) / std::log(highest_hz / kLowestHz);
}

Powers powers(std::span<const float> samples, int sample_rate_hz, std::size_t columns, std::size_t rows) {
  if (samples.empty() || columns == 0 || rows == 0) throw Error("there is nothing to draw a spectrogram of");
  const double highest_hz = sample_rate_hz / 2.0;
  if (highest_hz <= kLowestHz) {
    throw Error("a spectrogram cannot be drawn at " + std::to_string(sample_rate_hz) + " Hz",
                "the sample rate must be above 80 Hz");
  }
  const std::size_t window_samples = std::bit_ceil(static_cast<std::size_t>(kWindowS * sample_rate_hz));
  const std::size_t bins = window_samples / 2 + 1;
  std::vector<double> window(window_samples);
  for (std::size_t i = 0; i < window_samples; ++i) {
    window[i] = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) /
                                     static_cast<double>(window_samples));
  }
  const std::vector<WeightedBand> bands = make_bands(
      rows, highest_hz, static_cast<double>(sample_rate_hz) / static_cast<double>(window_samples), bins);

  // Of half the size: pairs of real samples are transformed as complex ones.
  kissfft<double> fft(window_samples / 2, false);
  std::vector<double> frame(window_samples);
  std::vector<std::complex<double>> spectrum(window_samples / 2);
  std::vector<double> power(bins);
  Powers result{columns, rows, highest_hz, std::vector<double>(columns * rows)};
  for (std::size_t column = 0; column < columns; ++column) {
    const auto centre = static_cast<std::ptrdiff_t>((2 * column + 1) * samples.size() / (2 * columns));
    const std::ptrdiff_t begin = centre - static_cast<std::ptrdiff_t>(window_samples / 2);
    for (std::size_t i = 0; i < window_samples; ++i) {
      const std::ptrdiff_t at = begin + static_cast<std::ptrdiff_t>(i);
      const bool inside = at >= 0 && at < static_cast<std::ptrdiff_t>(samples.size());
      frame[i] = inside ? static_cast<double>(samples[static_cast<std::size_t>(at)]) * window[i] : 0.0;
    }
    fft.transform_real(frame.data(), spectrum.data());
    for (std::size_t bin = 1; bin < spectrum.size(); ++bin) power[bin] = std::norm(spectrum[bin]);
    // 0 Hz and Nyquist, both real, share the first place.
    power.front() = spectrum.front().real() * spectrum.front().real();
    power.back() = spectrum.front().imag() * spectrum.front().imag();
    for (std::size_t row = 0; row < rows; ++row) {
      double sum = 0.0;
      for (std::size_t i = 0; i < bands[row].weights.size(); ++i) {
        sum += bands[row].weights[i] * power[bands[row].first_bin + i];
      }
      result.power[row * columns + column] = sum;
    }
  }
  return result;
}

double loudest(const Powers& powers) { return *std::max_element(powers.power.begin(), powers.power.end()); }

Spectrogram levels(const Powers& powers, double reference_power) {
  Spectrogram result{powers.columns, powers.rows, powers.highest_hz, {}};
  result.level_db.reserve(powers.power.size());
  const double least = reference_power * std::pow(10.0, -kRangeDb / 10.0);
  for (const double power : powers.power) {
    // NaN, which damaged sound may hold, compares with nothing and becomes the darkest as well.
    const bool shown = reference_power > 0.0 && power > least;
    result.level_db.push_back(shown ? 10.0 * std::log10(power / reference_power) : -kRangeDb);
  }
  return result;
}

Spectrogram spectrogram(std::span<const float> samples, int sample_rate_hz, std::size_t columns,
                        std::size_t rows) {
  const Powers found = powers(samples, sample_rate_hz, columns, rows);
  return levels(found, loudest(found));
}

Picture picture_of(const Spectrogram& spectrogram) {
  Picture picture{spectrogram.columns, spectrogram.rows, {}};
  picture.pixels.reserve(spectrogram.level_db.size());
  for (const double level_db : spectrogram.level_db) {
    const double rounded_db = kStepDb * std::round(level_db / kStepDb);
    picture.pixels.push_back(colour_of(1.0 + rounded_db / kRangeDb));
  }
  return picture;
}

}  // namespace ictus::report
