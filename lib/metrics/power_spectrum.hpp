// Power spectra of frames, on which the measures of this folder rest. Not for other folders: it brings
// kissfft.
#pragma once

#include <complex>
#include <cstddef>
#include <kissfft.hh>
#include <span>
#include <vector>

namespace ictus::metrics {

/// All measures move on by a quarter of a window from frame to frame.
constexpr std::size_t hop_of(std::size_t window_samples) { return window_samples / 4; }

/// Over `size` samples, one of which is the 0 at its beginning.
[[nodiscard]] std::vector<double> periodic_hann(std::size_t size);

/// The powers of one frame after another: periodic Hann window, then the squared magnitudes of bins from 0 Hz
/// to Nyquist.
class PowerSpectrum {
 public:
  /// `window_samples` is even.
  explicit PowerSpectrum(std::size_t window_samples);

  [[nodiscard]] std::size_t window_samples() const { return window_.size(); }
  [[nodiscard]] std::size_t bins() const { return power_.size(); }
  /// The powers of the frame that begins at `signal`, which is silent beyond its end. They are good until the
  /// next call.
  std::span<const double> analyse(std::span<const float> signal);

 private:
  std::vector<double> window_;
  kissfft<double> fft_;  ///< of half the size: pairs of real samples are transformed as complex ones
  std::vector<double> frame_;
  std::vector<std::complex<double>> spectrum_;
  std::vector<double> power_;
};

/// Frames of a signal whose centres lie at its beginning and every hop on, up to its end. Beyond its ends the
/// signal is mirrored, so that beginning and end count like everything else.
class CentredFrames {
 public:
  /// `signal` has samples, and lives as long as this.
  CentredFrames(std::span<const float> signal, std::size_t window_samples)
      : signal_(signal), frame_(window_samples) {}

  [[nodiscard]] std::size_t count() const { return 1 + signal_.size() / hop_of(frame_.size()); }
  /// A frame, good until the next call.
  std::span<const float> frame(std::size_t number);

 private:
  std::span<const float> signal_;
  std::vector<float> frame_;
};

}  // namespace ictus::metrics
