// The Fourier transform of real samples. Real and imaginary parts lie apart, as wide registers like them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace ictus::synthesis {

/// The bins of a transform of N samples, N / 2 + 1 of them.
struct Spectrum {
  explicit Spectrum(int size) : re(static_cast<std::size_t>(size) / 2 + 1), im(re.size()) {}
  void clear();

  std::vector<float> re, im;
};

/// Keeps room to work in, so one is used by one thread at a time.
class Fourier {
 public:
  /// `size` is a power of two, 8 or more.
  explicit Fourier(int size);

  void forward(std::span<const float> samples, Spectrum& spectrum);
  /// What forward() was given, from what it made of that.
  void inverse(const Spectrum& spectrum, std::span<float> samples);

 private:
  /// A transform of half the size, of complex numbers, from a_ to where the pointers lead then.
  void transform(float*& re, float*& im, float*& other_re, float*& other_im);

  std::size_t size_;
  std::vector<float> turn_re_, turn_im_;  ///< exp(-2 pi i k / size)
  std::vector<float> first_twiddles_;     ///< of the first stage, six rows
  std::vector<float> half_re_, half_im_;  ///< exp(-2 pi i k / (size / 2))
  std::vector<float> a_re_, a_im_, b_re_, b_im_;
};

}  // namespace ictus::synthesis
