#include "signals.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lib/analysis/fit.hpp"
#include "lib/analysis/spectrogram.hpp"
#include "lib/core/dice.hpp"

using namespace ictus;
using namespace ictus::analysis;

std::vector<float> tone(double seconds, double amplitude, int partials,
                        const std::function<double(double)>& hz) {
  const auto count = static_cast<std::size_t>(seconds * kRateHz);
  std::vector<float> samples(count);
  double turns = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / kRateHz;
    double sum = 0.0;
    for (int h = 1; h <= partials; ++h) sum += std::sin(2.0 * std::numbers::pi * h * turns) / h;
    const double fade = std::min({1.0, t / 0.01, (seconds - t) / 0.01});
    samples[i] = static_cast<float>(amplitude * fade * sum);
    turns += hz(t) / kRateHz;
  }
  return samples;
}

std::vector<float> white_noise(double seconds, double rms, std::uint64_t seed) {
  Dice dice(seed);
  std::vector<float> samples(static_cast<std::size_t>(seconds * kRateHz));
  for (float& sample : samples) sample = static_cast<float>(rms * dice.normal());
  return samples;
}

namespace {

int frames_of(const std::vector<float>& samples) { return static_cast<int>(samples.size()) / 1024 + 1; }

PowerMaps maps_of(const std::vector<float>& samples, int frames) {
  return {spectrogram(samples, views().fine, frames), spectrogram(samples, views().coarse, 2 * frames)};
}

}  // namespace

Stretch::Stretch(const std::vector<float>& samples)
    : frames(frames_of(samples)),
      bins(bin_powers(samples, views().fine.window_samples, views().fine.hop_samples, frames)),
      map{bins, frames, views().fine.bin_count(), views().fine.hz_per_bin(), views().fine.hop_s()},
      nothing{synthesis::PowerMap(views().fine.bands(), frames),
              synthesis::PowerMap(views().coarse.bands(), 2 * frames)},
      target(maps_of(samples, frames), {}) {}

synthesis::EventSound single_event(const Stretch& stretch, int steps) {
  std::vector<float> left = stretch.bins;
  std::vector<synthesis::EventSound> events =
      propose(left, stretch.map, 1, 3e-7F * stretch.target.peak(), 0.5F);
  FitSettings settings;
  settings.steps = steps;
  fit(events, stretch.target, stretch.nothing, settings);
  return events.at(0);
}
