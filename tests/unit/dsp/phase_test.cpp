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

std::vector<float> found(const torch::Tensor& magnitudes, const std::vector<std::int64_t>& pieces) {
  std::vector<float> samples;
  dsp::PhaseStream phase(
      {}, [&](std::span<const float> s) { samples.insert(samples.end(), s.begin(), s.end()); });
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
}

TEST_CASE("silence stays silent") {
  const std::vector<float> samples = found(torch::zeros({40, kWindow / 2 + 1}), {});
  for (const float s : samples) REQUIRE(s == 0.0F);
}
