#include "lib/dsp/starting_phase.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <queue>

#include "lib/dsp/peak.hpp"

namespace ictus::dsp {
namespace {

constexpr double kPi = std::numbers::pi;

/// Gives every bin the phase of the peak whose slopes it lies on, one hop later.
void advance_phases(const float* magnitude, std::int64_t bins, double hop_over_window,
                    std::vector<float>& centre_phase) {
  std::vector<float> next(centre_phase.size());
  std::int64_t start = 0;  // first bin of the current peak's slopes
  std::int64_t k = 0;
  while (k < bins) {
    while (k + 1 < bins && magnitude[k + 1] > magnitude[k]) ++k;  // up to the peak
    const std::int64_t peak = k;
    while (k + 1 < bins && magnitude[k + 1] <= magnitude[k]) ++k;  // down to the valley
    const double offset = peak > 0 && peak + 1 < bins
                              ? peak_offset(magnitude[peak - 1], magnitude[peak], magnitude[peak + 1])
                              : 0.0;
    const double turn = 2.0 * kPi * (static_cast<double>(peak) + offset) * hop_over_window;
    const float phase = static_cast<float>(
        std::remainder(static_cast<double>(centre_phase[static_cast<std::size_t>(peak)]) + turn, 2.0 * kPi));
    for (std::int64_t i = start; i <= k; ++i) next[static_cast<std::size_t>(i)] = phase;
    start = ++k;
  }
  centre_phase.swap(next);
}

torch::Tensor peak_phases(const torch::Tensor& magnitudes, const KnownFrame& before, double hop_over_window) {
  const std::int64_t frames = magnitudes.size(0);
  const std::int64_t bins = magnitudes.size(1);
  std::vector<float> phase = before.centre_phase;
  torch::Tensor out = torch::empty({frames, bins});
  for (std::int64_t t = 0; t < frames; ++t) {
    advance_phases(magnitudes.data_ptr<float>() + t * bins, bins, hop_over_window, phase);
    std::copy(phase.begin(), phase.end(), out.data_ptr<float>() + t * bins);
  }
  return out;
}

torch::Tensor gradient_phases(const torch::Tensor& magnitudes, const KnownFrame& before, std::int64_t window,
                              std::int64_t hop) {
  // Frame 0 is the known one.
  const std::int64_t bins = magnitudes.size(1);
  const std::int64_t frames = magnitudes.size(0) + 1;
  std::vector<float> magnitude(before.magnitude);
  magnitude.insert(magnitude.end(), magnitudes.data_ptr<float>(),
                   magnitudes.data_ptr<float>() + magnitudes.numel());
  const auto at = [bins](std::int64_t frame, std::int64_t bin) {
    return static_cast<std::size_t>(frame * bins + bin);
  };
  const float loudest = *std::max_element(magnitude.begin(), magnitude.end());
  const float least = 1e-6F * loudest;  // what lies below bears no phase worth following
  std::vector<float> level(magnitude.size());
  for (std::size_t i = 0; i < level.size(); ++i) level[i] = std::log(std::max(magnitude[i], least) + 1e-30F);

  // A Hann window is nearest to the Gaussian exp(-pi t^2 / gamma) with this gamma (section III.B there).
  const double gamma = 0.25645 * static_cast<double>(window) * static_cast<double>(window);
  const double size = static_cast<double>(window);
  const double step = static_cast<double>(hop);
  const auto along_time = [&](std::int64_t frame, std::int64_t bin) {  // radians a hop
    const std::int64_t below = std::max<std::int64_t>(bin - 1, 0);
    const std::int64_t above = std::min(bin + 1, bins - 1);
    const double slope =
        (level[at(frame, above)] - level[at(frame, below)]) / static_cast<double>(above - below);
    return 2.0 * kPi * static_cast<double>(bin) * step / size + slope * step * size / gamma;
  };
  const auto along_frequency = [&](std::int64_t frame, std::int64_t bin) {  // radians a bin
    const std::int64_t earlier = std::max<std::int64_t>(frame - 1, 0);
    const std::int64_t later = std::min(frame + 1, frames - 1);
    if (later == earlier) return 0.0;
    const double slope =
        (level[at(later, bin)] - level[at(earlier, bin)]) / static_cast<double>(later - earlier);
    return -slope * gamma / (step * size);
  };

  const std::vector<float> spread = spread_phases(bins);
  std::vector<double> phase(magnitude.size());
  std::vector<bool> known(magnitude.size(), false);
  struct Place {
    float magnitude;
    std::int64_t frame, bin;
    bool operator<(const Place& other) const { return magnitude < other.magnitude; }
  };
  std::priority_queue<Place> edge;  // the loudest place whose neighbours may still be unknown
  for (std::int64_t bin = 0; bin < bins; ++bin) {
    const std::size_t i = at(0, bin);
    phase[i] = before.centre_phase[static_cast<std::size_t>(bin)];
    known[i] = true;
    if (magnitude[i] > least) edge.push({magnitude[i], 0, bin});
  }
  const auto reach = [&](const Place& from, std::int64_t frame, std::int64_t bin, double turn) {
    const std::size_t i = at(frame, bin);
    if (known[i] || magnitude[i] <= least) return;
    phase[i] = std::remainder(phase[at(from.frame, from.bin)] + turn, 2.0 * kPi);
    known[i] = true;
    edge.push({magnitude[i], frame, bin});
  };
  const auto spread_out = [&] {
    while (!edge.empty()) {
      const Place p = edge.top();
      edge.pop();
      const auto [m, t, k] = p;
      if (t + 1 < frames) reach(p, t + 1, k, 0.5 * (along_time(t, k) + along_time(t + 1, k)));
      if (t > 0) reach(p, t - 1, k, -0.5 * (along_time(t, k) + along_time(t - 1, k)));
      if (k + 1 < bins) reach(p, t, k + 1, 0.5 * (along_frequency(t, k) + along_frequency(t, k + 1)));
      if (k > 0) reach(p, t, k - 1, -0.5 * (along_frequency(t, k) + along_frequency(t, k - 1)));
    }
  };
  spread_out();
  // Islands that no known place touches start from their loudest place, at a phase of its own.
  std::vector<Place> rest;
  for (std::int64_t frame = 1; frame < frames; ++frame)
    for (std::int64_t bin = 0; bin < bins; ++bin)
      if (!known[at(frame, bin)]) {
        phase[at(frame, bin)] = spread[static_cast<std::size_t>(bin)];
        if (magnitude[at(frame, bin)] > least) rest.push_back({magnitude[at(frame, bin)], frame, bin});
      }
  std::stable_sort(rest.begin(), rest.end(), [](const Place& a, const Place& b) { return b < a; });
  for (const Place& place : rest) {
    if (known[at(place.frame, place.bin)]) continue;
    known[at(place.frame, place.bin)] = true;
    edge.push(place);
    spread_out();
  }

  torch::Tensor out = torch::empty({frames - 1, bins});
  std::copy(phase.begin() + bins, phase.end(), out.data_ptr<float>());
  return out;
}

}  // namespace

std::vector<float> spread_phases(std::int64_t bins) {
  std::vector<float> phases;
  for (std::int64_t bin = 0; bin < bins; ++bin) {
    const double turns = static_cast<double>(bin * bin) * 0.6180339887498949;
    phases.push_back(static_cast<float>(2.0 * kPi * (turns - std::floor(turns))));
  }
  return phases;
}

torch::Tensor starting_phases(StartingPhase kind, const torch::Tensor& magnitudes, const KnownFrame& before,
                              std::int64_t window, std::int64_t hop) {
  const std::int64_t frames = magnitudes.size(0);
  const std::int64_t bins = magnitudes.size(1);
  switch (kind) {
    case StartingPhase::spread: {
      const std::vector<float> phases = spread_phases(frames * bins);
      return torch::tensor(phases).reshape({frames, bins});
    }
    case StartingPhase::peaks:
      return peak_phases(magnitudes, before, static_cast<double>(hop) / static_cast<double>(window));
    case StartingPhase::gradients:
      return gradient_phases(magnitudes, before, window, hop);
  }
  return {};
}

}  // namespace ictus::dsp
