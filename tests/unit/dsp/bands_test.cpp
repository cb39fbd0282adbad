#include "lib/dsp/bands.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <numeric>

using namespace ictus;

namespace {

const dsp::BandSettings kSettings;

torch::Tensor sine(double hz, double amplitude, std::int64_t samples) {
  const torch::Tensor n = torch::arange(samples, torch::kDouble);
  return (amplitude * torch::sin(2.0 * std::numbers::pi * hz / kSettings.sample_rate_hz * n))
      .to(torch::kFloat)
      .unsqueeze(0);
}

}  // namespace

TEST_CASE("the bands cover every bin once, and the regions every band") {
  const dsp::Bands bands(kSettings, torch::kCPU);
  CHECK(bands.fine_widths.sum().item<double>() == 1025.0);
  CHECK(bands.fine_widths.min().item<double>() >= 1.0);
  CHECK(torch::allclose(bands.fine_expand.sum(0), torch::ones({1025})));
  CHECK(torch::allclose(bands.fine_pool.sum(0), torch::ones({kSettings.fine_bands})));
  CHECK(torch::allclose(bands.coarse_of_fine.sum(0), torch::ones({kSettings.coarse_bands})));
  CHECK(std::accumulate(bands.region_sizes.begin(), bands.region_sizes.end(), std::int64_t{0}) ==
        kSettings.fine_bands);
  CHECK(std::accumulate(bands.coarse_region_sizes.begin(), bands.coarse_region_sizes.end(),
                        std::int64_t{0}) == kSettings.coarse_bands);
}

TEST_CASE("pooling and expanding again keeps all power") {
  const dsp::Bands bands(kSettings, torch::kCPU);
  torch::manual_seed(3);
  const torch::Tensor power = torch::rand({5, 1025});
  const torch::Tensor back = torch::matmul(torch::matmul(power, bands.fine_pool), bands.fine_expand);
  CHECK(torch::allclose(power.sum(1), back.sum(1), 1e-4));
}

TEST_CASE("white noise has the same density in both views") {
  const dsp::Bands bands(kSettings, torch::kCPU);
  torch::manual_seed(4);
  const torch::Tensor noise = torch::randn({1, 2048 + 512 * 399});
  const torch::Tensor fine = bands.fine(noise);
  const torch::Tensor coarse = bands.coarse(noise);
  REQUIRE(fine.sizes() == torch::IntArrayRef({1, kSettings.fine_bands, 400}));
  REQUIRE(coarse.sizes() == torch::IntArrayRef({1, kSettings.coarse_bands, 800}));
  CHECK(fine.mean().item<double>() == doctest::Approx(1.0).epsilon(0.03));
  CHECK(coarse.mean().item<double>() == doctest::Approx(1.0).epsilon(0.03));
}

TEST_CASE("both views see a moment at the same time") {
  const dsp::Bands bands(kSettings, torch::kCPU);
  torch::Tensor click = torch::zeros({1, 2048 + 512 * 63});
  click[0][1024 + 512 * 20] = 1.0;  // at the centre of fine frame 20
  const torch::Tensor fine = bands.fine(click)[0].sum(0);
  const torch::Tensor coarse = bands.coarse(click)[0].sum(0);
  CHECK(fine.argmax().item<int>() == 20);
  CHECK(coarse.argmax().item<int>() == 40);
}

TEST_CASE("what the short window spreads is foretold by the leak") {
  // A steady sine, pooled from the fine view and spread by coarse_leak, is what the coarse view shows.
  const dsp::Bands bands(kSettings, torch::kCPU);
  for (const double hz : {300.0, 1000.0, 4000.0}) {
    const torch::Tensor x = sine(hz, 0.5, 2048 + 512 * 15);
    const torch::Tensor fine = bands.fine(x)[0].mean(1);
    const torch::Tensor foretold =
        torch::matmul(torch::matmul(fine, bands.coarse_of_fine), bands.coarse_leak);
    const torch::Tensor seen = bands.coarse(x)[0].mean(1);
    const std::int64_t top = seen.argmax().item<std::int64_t>();
    CHECK(foretold.argmax().item<std::int64_t>() == top);
    CHECK(10.0 * std::abs(std::log10(foretold[top].item<double>() / seen[top].item<double>())) < 1.5);
  }
}
