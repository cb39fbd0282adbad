#include "lib/metrics/power_spectrum.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

namespace ictus::metrics {

std::vector<double> periodic_hann(std::size_t size) {
  std::vector<double> window(size);
  for (std::size_t i = 0; i < size; ++i) {
    window[i] =
        0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(size));
  }
  return window;
}

PowerSpectrum::PowerSpectrum(std::size_t window_samples)
    : window_(periodic_hann(window_samples)),
      fft_(window_samples / 2, false),
      frame_(window_samples),
      spectrum_(window_samples / 2),
      power_(window_samples / 2 + 1) {}

std::span<const double> PowerSpectrum::analyse(std::span<const float> signal) {
  std::fill(frame_.begin(), frame_.end(), 0.0);
  const std::size_t count = std::min(signal.size(), frame_.size());
  for (std::size_t i = 0; i < count; ++i) frame_[i] = static_cast<double>(signal[i]) * window_[i];

  fft_.transform_real(frame_.data(), spectrum_.data());
  for (std::size_t bin = 1; bin < spectrum_.size(); ++bin) power_[bin] = std::norm(spectrum_[bin]);
  // 0 Hz and Nyquist, both real, share the first place.
  power_.front() = spectrum_.front().real() * spectrum_.front().real();
  power_.back() = spectrum_.front().imag() * spectrum_.front().imag();
  return power_;
}

std::span<const float> CentredFrames::frame(std::size_t number) {
  const auto length = static_cast<std::int64_t>(signal_.size());
  const std::int64_t period = 2 * (length - 1);  // of the signal with its mirror image
  std::int64_t at = static_cast<std::int64_t>(number * hop_of(frame_.size())) -
                    static_cast<std::int64_t>(frame_.size() / 2);
  for (float& sample : frame_) {
    std::int64_t place = period == 0 ? 0 : at % period;
    if (place < 0) place += period;
    sample = signal_[static_cast<std::size_t>(place < length ? place : period - place)];
    ++at;
  }
  return frame_;
}

}  // namespace ictus::metrics
