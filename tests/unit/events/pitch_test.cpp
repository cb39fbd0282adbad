#include "lib/events/pitch.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <vector>

using namespace ictus;

namespace {

constexpr int kFrames = 12;

const dsp::Bands& bands() {
  static const dsp::Bands made(dsp::BandSettings{}, torch::kCPU);
  return made;
}

const events::PitchFinder& finder() {
  static const events::PitchFinder made(bands());
  return made;
}

double pitch_of(const torch::Tensor& density) {
  return finder().pitch_hz({density.data_ptr<float>(), static_cast<std::size_t>(density.numel())});
}

/// What the bands see of samples, on average over some frames.
torch::Tensor seen(const torch::Tensor& samples) {
  return bands().fine(samples.to(torch::kFloat).unsqueeze(0))[0].mean(1).contiguous();
}

std::int64_t samples_needed() {
  return bands().settings.fine_window_samples + (kFrames - 1) * bands().settings.fine_hop_samples;
}

/// Harmonics of `hz` with levels in dB, the first first, those of a string that is as stiff as `stiffness`
/// says.
torch::Tensor series(double hz, const std::vector<double>& levels_db, double stiffness = 0.0) {
  const double rate_hz = bands().settings.sample_rate_hz;
  const torch::Tensor n = torch::arange(samples_needed(), torch::kDouble);
  torch::Tensor sum = torch::zeros_like(n);
  for (std::size_t k = 0; k < levels_db.size(); ++k) {
    const double harmonic = static_cast<double>(k) + 1.0;
    const double at_hz = harmonic * hz * std::sqrt(1.0 + stiffness * harmonic * harmonic);
    if (at_hz > 0.45 * rate_hz) break;
    sum += std::pow(10.0, levels_db[k] / 20.0) *
           torch::sin(2.0 * std::numbers::pi * at_hz / rate_hz * n + 1.7 * harmonic * harmonic);
  }
  return sum;
}

double cents(double hz, double reference_hz) {
  return hz > 0.0 ? 1200.0 * std::log2(hz / reference_hz) : 1e9;
}

constexpr double kNone = -300.0;

/// Noise whose power falls with frequency to the power of `slope`, as twenty windows show it on average.
torch::Tensor noise(double slope) {
  const std::int64_t bins = bands().settings.fine_window_samples / 2 + 1;
  const torch::Tensor power =
      -torch::log(torch::rand({20, bins}) + 1e-9).mean(0) * torch::pow(torch::arange(bins) + 1.0, slope);
  return torch::matmul(power.to(torch::kFloat), bands().fine_pool).contiguous();
}

}  // namespace

TEST_CASE("a harmonic series has the pitch of its fundamental, from A0 to C8") {
  for (int midi = 21; midi <= 108; ++midi) {
    const double hz = 440.0 * std::exp2((midi - 69) / 12.0);
    CAPTURE(midi);
    std::vector<double> levels;
    for (int k = 0; k < 20; ++k) levels.push_back(-3.0 * k);
    CHECK(std::abs(cents(pitch_of(seen(series(hz, levels))), hz)) < 25.0);
  }
}

TEST_CASE("the fundamental may be weak, or missing") {
  for (const double hz : {41.2, 65.4, 110.0, 196.0, 440.0, 880.0}) {
    CAPTURE(hz);
    CHECK(std::abs(cents(pitch_of(seen(series(hz, {-15, 0, -5, -8, -10, -12, -15, -18}))), hz)) < 25.0);
    CHECK(std::abs(cents(pitch_of(seen(series(hz, {kNone, 0, -3, -6, -9, -12, -15, -18}))), hz)) < 25.0);
  }
}

TEST_CASE("every other harmonic may be missing, as from a closed pipe") {
  for (const double hz : {65.4, 146.8, 440.0, 880.0}) {
    CAPTURE(hz);
    CHECK(std::abs(cents(pitch_of(seen(series(hz, {0, kNone, -3, kNone, -6, kNone, -9}))), hz)) < 25.0);
  }
}

TEST_CASE("a sinusoid has its own pitch") {
  for (const double hz : {55.0, 82.4, 110.0, 220.0, 440.0, 1000.0, 2093.0, 3520.0, 4186.0}) {
    CAPTURE(hz);
    CHECK(std::abs(cents(pitch_of(seen(series(hz, {0}))), hz)) < 25.0);
  }
}

TEST_CASE("of two octaves the lower one is heard, unless it is much weaker") {
  std::vector<double> levels;
  for (int k = 0; k < 16; ++k) levels.push_back(-3.0 * k);
  for (const double hz : {65.4, 110.0, 220.0, 440.0}) {
    CAPTURE(hz);
    const torch::Tensor lower = seen(series(hz, levels)), upper = seen(series(2.0 * hz, levels));
    CHECK(std::abs(cents(pitch_of(lower + upper), hz)) < 25.0);
    // 40 dB down, only the upper one is.
    CHECK(std::abs(cents(pitch_of(1e-4 * lower + upper), 2.0 * hz)) < 25.0);
  }
}

TEST_CASE("partials of stiff strings lie above their places") {
  for (const auto& [hz, stiffness] : {std::pair{36.7, 3e-4}, {65.4, 2e-4}, {261.6, 4e-4}, {1046.5, 2e-3}}) {
    CAPTURE(hz);
    const double first_hz = hz * std::sqrt(1.0 + stiffness);
    CHECK(std::abs(cents(pitch_of(seen(series(hz, {-12, 0, -2, -4, -6, -8, -10, -12, -14, -16}, stiffness))),
                         first_hz)) < 50.0);
  }
}

TEST_CASE("noise of any colour has no pitch") {
  torch::manual_seed(11);
  for (const double slope : {0.0, -1.0, -2.0, -3.0, 1.0})
    for (int k = 0; k < 50; ++k) {
      CAPTURE(slope);
      CHECK(pitch_of(noise(slope)) == 0.0);
    }
}

TEST_CASE("a pitch is heard in noise that is not louder, and not below it") {
  torch::manual_seed(12);
  const torch::Tensor tone = seen(series(220.0, {0, -3, -6, -9, -12, -15}));
  const torch::Tensor hiss = noise(0.0);
  const auto mixed = [&](double noise_db) {
    const auto power = [](const torch::Tensor& d) { return (d * bands().fine_widths).sum().item<double>(); };
    return tone / power(tone) + hiss / power(hiss) * std::pow(10.0, noise_db / 10.0);
  };
  CHECK(std::abs(cents(pitch_of(mixed(-20.0)), 220.0)) < 25.0);
  CHECK(std::abs(cents(pitch_of(mixed(-3.0)), 220.0)) < 25.0);
  CHECK(pitch_of(mixed(10.0)) == 0.0);
}

TEST_CASE("what has no pitch") {
  const std::int64_t fine = bands().settings.fine_bands;
  CHECK(pitch_of(torch::zeros({fine})) == 0.0);
  CHECK(pitch_of(torch::ones({fine})) == 0.0);
  CHECK(pitch_of(torch::full({fine}, std::numeric_limits<float>::quiet_NaN())) == 0.0);
  CHECK(pitch_of(torch::full({fine}, std::numeric_limits<float>::infinity())) == 0.0);
  CHECK(pitch_of(seen(series(12.0, {0}))) == 0.0);  // a rumble
  torch::Tensor offset = torch::zeros({fine});
  offset[0] = 1.0;
  CHECK(pitch_of(offset) == 0.0);
}

TEST_CASE("loudness does not change a pitch") {
  const torch::Tensor density = seen(series(110.0, {0, -3, -6, -9}));
  for (const double gain : {1e-12, 1e-6, 1e6})
    CHECK(pitch_of(density * gain) == doctest::Approx(pitch_of(density)).epsilon(1e-4));
}
