#include "lib/dsp/phase.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "lib/dsp/stft.hpp"

using namespace ictus;

namespace {

constexpr int kWindow = 2048;
constexpr int kHop = 512;

std::vector<float> found(const torch::Tensor& magnitudes, const std::vector<std::int64_t>& pieces,
                         const dsp::PhaseSettings& settings = {}) {
  std::vector<float> samples;
  dsp::PhaseStream phase(
      settings, [&](std::span<const float> s) { samples.insert(samples.end(), s.begin(), s.end()); });
  std::int64_t at = 0;
  for (const std::int64_t piece : pieces) {
    phase.push(magnitudes.narrow(0, at, piece));
    at += piece;
  }
  phase.push(magnitudes.narrow(0, at, magnitudes.size(0) - at));
  phase.finish();
  return samples;
}

torch::Tensor test_sound() {  // two sines and a fading third, 6 s
  const torch::Tensor t = torch::arange(131072, torch::kDouble) / 22050.0;
  const double turn = 2.0 * std::numbers::pi;
  return (0.3 * torch::sin(turn * 440.0 * t) + 0.2 * torch::sin(turn * 1234.5 * t) +
          0.4 * torch::exp(-t) * torch::sin(turn * 97.3 * t))
      .to(torch::kFloat);
}

/// |difference of magnitudes| / |magnitudes|
double convergence(const torch::Tensor& wanted, const std::vector<float>& samples) {
  const torch::Tensor got =
      dsp::stft(torch::tensor(samples).unsqueeze(0), kWindow, kHop)[0].abs();  // starts half a window later
  const std::int64_t shift = kWindow / 2 / kHop;
  const std::int64_t frames = std::min(got.size(0), wanted.size(0) - shift);
  return ((got.narrow(0, 0, frames) - wanted.narrow(0, shift, frames)).norm() / wanted.norm()).item<double>();
}

}  // namespace

TEST_CASE("a phase is found that gives the magnitudes back") {
  const torch::Tensor magnitudes = dsp::stft(test_sound().unsqueeze(0), kWindow, kHop)[0].abs();
  const std::vector<float> samples = found(magnitudes, {});
  CHECK(samples.size() == static_cast<std::size_t>(magnitudes.size(0) * kHop - kWindow / 2));
  CHECK(convergence(magnitudes, samples) < 0.05);
}

TEST_CASE("a start that follows the sound is worth many iterations") {
  const torch::Tensor magnitudes = dsp::stft(test_sound().unsqueeze(0), kWindow, kHop)[0].abs();
  const auto off = [&](dsp::StartingPhase start, int iterations) {
    return convergence(magnitudes, found(magnitudes, {}, {.start = start, .iterations = iterations}));
  };
  const double nothing = off(dsp::StartingPhase::spread, 0);
  CHECK(nothing > 0.4);
  CHECK(off(dsp::StartingPhase::spread, 16) < nothing);
  CHECK(off(dsp::StartingPhase::peaks, 0) < 0.5 * nothing);
  CHECK(off(dsp::StartingPhase::gradients, 0) < 0.5 * nothing);
}

TEST_CASE("the gradient of a Gaussian-like ridge is integrated to the phases of its sine and of its click") {
  // A sine between two bins: its phase goes on by the same turn from frame to frame, at every bin near it.
  const double hz = 1000.3;
  const torch::Tensor t = torch::arange(32768, torch::kDouble) / 22050.0;
  const torch::Tensor sine = torch::sin(2.0 * std::numbers::pi * hz * t).to(torch::kFloat);
  const torch::Tensor magnitudes = dsp::stft(sine.unsqueeze(0), kWindow, kHop)[0].abs().contiguous();
  const std::int64_t bins = magnitudes.size(1);
  const dsp::KnownFrame before{std::vector<float>(static_cast<std::size_t>(bins)), dsp::spread_phases(bins)};
  const torch::Tensor phases =
      dsp::starting_phases(dsp::StartingPhase::gradients, magnitudes, before, kWindow, kHop);
  const auto bin = static_cast<std::int64_t>(std::lround(hz / 22050.0 * kWindow));
  const double turn = 2.0 * std::numbers::pi * hz / 22050.0 * kHop;
  for (std::int64_t frame = 4; frame + 5 < phases.size(0); ++frame)
    for (std::int64_t k = bin - 1; k <= bin + 1; ++k) {
      const double step = (phases[frame + 1][k] - phases[frame][k]).item<double>();
      CHECK(std::abs(std::remainder(step - turn, 2.0 * std::numbers::pi)) < 0.05);
    }

  // A click: around its frame the phase falls along frequency by the click's distance from the centre.
  torch::Tensor click = torch::zeros({8192});
  click[4096 + 100] = 1.0;
  const torch::Tensor clicked = dsp::stft(click.unsqueeze(0), kWindow, kHop)[0].abs().contiguous();
  const torch::Tensor found_phases =
      dsp::starting_phases(dsp::StartingPhase::gradients, clicked, before, kWindow, kHop);
  const std::int64_t frame = (4096 - kWindow / 2) / kHop;  // its centre lies 100 samples before the click
  const double slope = -2.0 * std::numbers::pi * 100.0 / kWindow;
  for (std::int64_t k = 100; k < 200; ++k) {
    const double step = (found_phases[frame][k + 1] - found_phases[frame][k]).item<double>();
    CHECK(std::abs(std::remainder(step - slope, 2.0 * std::numbers::pi)) < 0.1);
  }
}

TEST_CASE("a steady sine neither beats nor drifts") {
  const torch::Tensor t = torch::arange(131072, torch::kDouble) / 22050.0;
  const torch::Tensor sine = torch::sin(2.0 * std::numbers::pi * 445.7 * t).to(torch::kFloat);
  const torch::Tensor magnitudes = dsp::stft(sine.unsqueeze(0), kWindow, kHop)[0].abs();
  const std::vector<float> samples = found(magnitudes, {});
  // The level in windows of 10 ms stays within 1 dB, and the zero crossings count the frequency.
  double least = 1e9, most = 0.0;
  for (std::size_t at = 4096; at + 4096 < samples.size(); at += 220) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 445; ++i) sum += samples[at + i] * samples[at + i];
    least = std::min(least, sum);
    most = std::max(most, sum);
  }
  CHECK(10.0 * std::log10(most / least) < 1.0);
  int crossings = 0;
  const std::size_t first = 4096, last = samples.size() - 4096;
  for (std::size_t i = first; i + 1 < last; ++i) crossings += samples[i] < 0.0F && samples[i + 1] >= 0.0F;
  CHECK(crossings / (static_cast<double>(last - first) / 22050.0) == doctest::Approx(445.7).epsilon(0.003));
}

TEST_CASE("the samples do not depend on how the frames arrive") {
  const torch::Tensor magnitudes = dsp::stft(test_sound().unsqueeze(0), kWindow, kHop)[0].abs();
  const std::vector<float> whole = found(magnitudes, {});
  CHECK(found(magnitudes, {1, 1, 63, 64, 10}) == whole);
  CHECK(found(magnitudes, std::vector<std::int64_t>(100, 1)) == whole);
  const dsp::PhaseSettings gradients{.start = dsp::StartingPhase::gradients};
  CHECK(found(magnitudes, {7, 64, 1}, gradients) == found(magnitudes, {}, gradients));
}

TEST_CASE("silence stays silent") {
  for (const auto start :
       {dsp::StartingPhase::spread, dsp::StartingPhase::peaks, dsp::StartingPhase::gradients})
    for (const float s : found(torch::zeros({40, kWindow / 2 + 1}), {}, {.start = start})) REQUIRE(s == 0.0F);
}
