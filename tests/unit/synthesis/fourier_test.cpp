#include "lib/synthesis/fourier.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

#include "lib/core/dice.hpp"

namespace ictus::synthesis {
namespace {

std::vector<float> noise(int size) {
  Dice dice(1);
  std::vector<float> samples;
  for (int i = 0; i < size; ++i) samples.push_back(static_cast<float>(dice.normal()));
  return samples;
}

}  // namespace

TEST_CASE("A transform is the sum that defines it, and its inverse leads back") {
  for (const int size : {8, 16, 32, 64, 1024, 2048}) {
    CAPTURE(size);
    const std::vector<float> samples = noise(size);
    Fourier fourier(size);
    Spectrum spectrum(size);
    fourier.forward(samples, spectrum);
    const double tolerance = 1e-6 * size;
    for (int bin = 0; bin <= size / 2; bin += std::max(size / 64, 1)) {
      std::complex<double> sum = 0.0;
      for (int i = 0; i < size; ++i) {
        const double turns = static_cast<double>((static_cast<long>(bin) * i) % size) / size;
        sum += static_cast<double>(samples[static_cast<std::size_t>(i)]) *
               std::polar(1.0, -2.0 * std::numbers::pi * turns);
      }
      CAPTURE(bin);
      CHECK(std::abs(static_cast<double>(spectrum.re[static_cast<std::size_t>(bin)]) - sum.real()) <
            tolerance);
      CHECK(std::abs(static_cast<double>(spectrum.im[static_cast<std::size_t>(bin)]) - sum.imag()) <
            tolerance);
    }
    std::vector<float> back(samples.size());
    fourier.inverse(spectrum, back);
    for (std::size_t i = 0; i < back.size(); ++i) CHECK(std::abs(back[i] - samples[i]) < 2e-6F);
  }
}

}  // namespace ictus::synthesis
