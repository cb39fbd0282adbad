#include "lib/dsp/stft.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/dsp/peak.hpp"

using namespace ictus;

TEST_CASE("white noise has its variance as power in every bin, whatever the window") {
  torch::manual_seed(1);
  const torch::Tensor noise = 0.3 * torch::randn({1, 400000});
  for (const int window : {512, 2048}) {
    const torch::Tensor power = dsp::power_stft(noise, window, window / 4)[0].mean(0);
    const torch::Tensor inner = power.narrow(0, 2, window / 2 - 3);  // not the edges, where noise is real
    CHECK(inner.mean().item<double>() == doctest::Approx(0.09).epsilon(0.02));
    CHECK(inner.std().item<double>() < 0.02);
  }
}

TEST_CASE("a sine's peak is at its frequency and as high as theory says") {
  constexpr int kWindow = 2048;
  constexpr double kBin = 100.0;
  const torch::Tensor n = torch::arange(kWindow, torch::kDouble);
  const torch::Tensor sine =
      (0.5 * torch::cos(2.0 * std::numbers::pi * kBin / kWindow * n)).to(torch::kFloat);
  const torch::Tensor power = dsp::power_stft(sine.unsqueeze(0), kWindow, 512)[0][0];
  CHECK(power.argmax().item<int>() == 100);
  // |X|^2 = (A / 2 * sum w)^2 with sum w^2 = 1: for Hann that is A^2 / 4 * (N / 2)^2 / (3 N / 8) = A^2 N / 6.
  CHECK(power[100].item<double>() == doctest::Approx(0.25 * kWindow / 6.0).epsilon(1e-4));
}

TEST_CASE("a sine is as high between two bins as on one, when its top is looked for between them") {
  constexpr int kWindow = 1024;
  const torch::Tensor n = torch::arange(kWindow, torch::kDouble);
  double lowest_bin = 1.0;
  for (int step = 0; step <= 20; ++step) {
    const double place = 80.0 + 0.05 * step;
    CAPTURE(place);
    const torch::Tensor sine = torch::cos(2.0 * std::numbers::pi * place / kWindow * n).to(torch::kFloat);
    const torch::Tensor magnitude =
        dsp::stft(sine.unsqueeze(0), kWindow, 256)[0][0].abs() / std::sqrt(kWindow / 6.0);
    const auto at = magnitude.argmax().item<std::int64_t>();
    const auto of = [&](std::int64_t bin) { return magnitude[bin].item<double>(); };
    lowest_bin = std::min(lowest_bin, of(at));
    const double height = dsp::peak_height(of(at - 1), of(at), of(at + 1));
    CHECK(20.0 * std::log10(height) > -0.01);
    CHECK(20.0 * std::log10(height) < 0.4);
    const double found = static_cast<double>(at) + dsp::peak_offset(of(at - 1), of(at), of(at + 1));
    CHECK(std::abs(found - place) < 0.06);
  }
  CHECK(20.0 * std::log10(lowest_bin) < -1.4);  // which is what the bins alone say of it
  CHECK(dsp::peak_height(0.5, 1.0, 0.5) == 1.0);
  CHECK(dsp::peak_height(1.0, 1.0, 1.0) == 1.0);
  CHECK(dsp::peak_height(0.0, 1.0, 0.0) == 1.0);
}

TEST_CASE("istft inverts stft inside the outer windows' skirts") {
  torch::manual_seed(2);
  const torch::Tensor x = torch::randn({2, 512 * 20 + 2048});
  const torch::Tensor y = dsp::istft(dsp::stft(x, 2048, 512), 2048, 512);
  REQUIRE(y.sizes() == x.sizes());
  const torch::Tensor error = (x - y).narrow(1, 2048, x.size(1) - 4096).abs().max();
  CHECK(error.item<double>() < 1e-5);
}
