#include "lib/analysis/spectrogram.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "lib/analysis/target.hpp"
#include "signals.hpp"

using namespace ictus::analysis;

TEST_CASE(
    "a sine's power is a sixth of the window in its bin, and that of noise its mean square in every band") {
  const double hz = 40.0 * kRateHz / 4096.0;  // in the middle of a bin
  const auto sine = tone(1.0, 0.5, 1, [&](double) { return hz; });
  const auto map = spectrogram(sine, views().fine, 40);
  CHECK(map.row(40)[20] == doctest::Approx(0.25 * 4096.0 / 6.0).epsilon(1e-3));
  CHECK(map.row(41)[20] ==
        doctest::Approx(0.25 * 0.25 * 4096.0 / 6.0).epsilon(1e-3));  // Hann's: half the amplitude
  CHECK(map.row(60)[20] < 1e-6 * map.row(40)[20]);

  const auto noise = white_noise(4.0, 0.1, 1);
  const auto noisy = spectrogram(noise, views().coarse, 300);
  for (int band = 4; band < views().coarse.bands() - 1; ++band) {
    double mean = 0.0;
    for (int t = 10; t < 290; ++t) mean += static_cast<double>(noisy.row(band)[t]) / 280.0;
    CHECK(mean == doctest::Approx(0.01).epsilon(0.15));
  }
}

TEST_CASE("frame t is centred at t hops, with silence before and after") {
  std::vector<float> click(8192);
  click[3 * 1024] = 1.0F;
  const auto map = spectrogram(click, views().fine, 8);
  // The window at its middle: squares sum to 1, so its square there is 8 / (3 * 4096).
  CHECK(map.row(100)[3] == doctest::Approx(8.0 / (3.0 * 4096.0)).epsilon(1e-4));
  CHECK(map.row(100)[2] == doctest::Approx(map.row(100)[4]).epsilon(1e-3));
  CHECK(map.row(100)[6] < 1e-9);
}
