#include "lib/metrics/spectral_convergence.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

#include "lib/core/error.hpp"
#include "tests/unit/metrics/signals.hpp"

namespace ictus::metrics {
namespace {

TEST_CASE("convergence is by how much of themselves magnitudes differ") {
  CHECK(spectral_convergence(sweep(), sweep()) == 0.0);
  CHECK(spectral_convergence(sweep(), scaled(sweep(), -1.0)) < 1e-6);
  CHECK(spectral_convergence(white(1), scaled(white(1), 0.5)) == doctest::Approx(0.5));
  CHECK(spectral_convergence(white(1), scaled(white(1), 3.0)) == doctest::Approx(2.0));
  // A tone of a tenth of the magnitude is lost.
  const Signal tone = in_bin(40, 0.4);
  CHECK(spectral_convergence(sum_of(tone, in_bin(200, 0.04)), tone) ==
        doctest::Approx(0.1 / std::sqrt(1.01)).epsilon(1e-4));
}

// The numbers below come from a second implementation of the same definition, in Python with NumPy.
TEST_CASE("a second implementation finds the same convergence") {
  Signal clipped = sweep();
  for (float& sample : clipped) sample = std::clamp(sample, -0.3f, 0.3f);
  Signal shorter = sweep();
  shorter.resize(30000);
  CHECK(std::abs(spectral_convergence(tones(0.01, 1), tones(0.02, 2)) - 0.017606) < 1e-5);
  CHECK(std::abs(spectral_convergence(sweep(), clipped) - 0.313620) < 1e-5);
  CHECK(std::abs(spectral_convergence(white(3), shorter) - 1.449782) < 1e-5);
}

TEST_CASE("convergence to silence") {
  const Signal silence(kLength, 0.0f);
  CHECK(spectral_convergence(sweep(), silence) == doctest::Approx(1.0));
  CHECK(spectral_convergence(silence, silence) == 0.0);
  CHECK(spectral_convergence(silence, sweep()) == std::numeric_limits<double>::infinity());
  CHECK_THROWS_AS((void)spectral_convergence(Signal{}, sweep()), Error);
}

}  // namespace
}  // namespace ictus::metrics
