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

/// Integrates the slopes of phase that a Gaussian window gives to magnitudes, from the loudest place on.
class PhaseIntegral {
 public:
  PhaseIntegral(const torch::Tensor& magnitudes, const KnownFrame& before, std::int64_t window,
                std::int64_t hop)
      : bins_(magnitudes.size(1)),
        frames_(magnitudes.size(0) + 1),  // frame 0 is the known one
        size_(static_cast<double>(window)),
        step_(static_cast<double>(hop)),
        // A Hann window is nearest to the Gaussian exp(-pi t^2 / gamma) with this gamma (section III.B
        // there).
        gamma_(0.25645 * static_cast<double>(window) * static_cast<double>(window)),
        magnitude_(before.magnitude) {
    magnitude_.insert(magnitude_.end(), magnitudes.data_ptr<float>(),
                      magnitudes.data_ptr<float>() + magnitudes.numel());
    least_ = 1e-6F * *std::max_element(magnitude_.begin(), magnitude_.end());
    for (const float magnitude : magnitude_) level_.push_back(std::log(std::max(magnitude, least_) + 1e-30F));
    phase_.resize(magnitude_.size());
    known_.resize(magnitude_.size(), false);
    for (std::int64_t bin = 0; bin < bins_; ++bin) {
      phase_[at(0, bin)] = before.centre_phase[static_cast<std::size_t>(bin)];
      start_from({magnitude_[at(0, bin)], 0, bin});
    }
    spread_out();
  }

  /// Islands that no known place touches start from their loudest place, at a phase of its own.
  void start_islands() {
    const std::vector<float> spread = spread_phases(bins_);
    std::vector<Place> rest;
    for (std::int64_t frame = 1; frame < frames_; ++frame)
      for (std::int64_t bin = 0; bin < bins_; ++bin)
        if (const std::size_t i = at(frame, bin); !known_[i]) {
          phase_[i] = spread[static_cast<std::size_t>(bin)];
          if (magnitude_[i] > least_) rest.push_back({magnitude_[i], frame, bin});
        }
    std::stable_sort(rest.begin(), rest.end(), [](const Place& a, const Place& b) { return b < a; });
    for (const Place& place : rest) {
      if (known_[at(place.frame, place.bin)]) continue;
      start_from(place);
      spread_out();
    }
  }

  /// Phases [frames, bins] without the known frame.
  [[nodiscard]] torch::Tensor phases() const {
    torch::Tensor out = torch::empty({frames_ - 1, bins_});
    std::copy(phase_.begin() + bins_, phase_.end(), out.data_ptr<float>());
    return out;
  }

 private:
  struct Place {
    float magnitude;
    std::int64_t frame, bin;
    bool operator<(const Place& other) const { return magnitude < other.magnitude; }
  };

  [[nodiscard]] std::size_t at(std::int64_t frame, std::int64_t bin) const {
    return static_cast<std::size_t>(frame * bins_ + bin);
  }

  /// In radians a hop.
  [[nodiscard]] double along_time(std::int64_t frame, std::int64_t bin) const {
    const std::int64_t below = std::max<std::int64_t>(bin - 1, 0);
    const std::int64_t above = std::min(bin + 1, bins_ - 1);
    const double slope =
        (level_[at(frame, above)] - level_[at(frame, below)]) / static_cast<double>(above - below);
    return 2.0 * kPi * static_cast<double>(bin) * step_ / size_ + slope * step_ * size_ / gamma_;
  }
  /// In radians a bin.
  [[nodiscard]] double along_frequency(std::int64_t frame, std::int64_t bin) const {
    const std::int64_t earlier = std::max<std::int64_t>(frame - 1, 0);
    const std::int64_t later = std::min(frame + 1, frames_ - 1);
    if (later == earlier) return 0.0;
    const double slope =
        (level_[at(later, bin)] - level_[at(earlier, bin)]) / static_cast<double>(later - earlier);
    return -slope * gamma_ / (step_ * size_);
  }

  /// From a place whose phase stands.
  void start_from(const Place& place) {
    known_[at(place.frame, place.bin)] = true;
    if (place.magnitude > least_) edge_.push(place);
  }
  void reach(const Place& from, std::int64_t frame, std::int64_t bin, double turn) {
    const std::size_t i = at(frame, bin);
    if (known_[i] || magnitude_[i] <= least_) return;
    phase_[i] = std::remainder(phase_[at(from.frame, from.bin)] + turn, 2.0 * kPi);
    start_from({magnitude_[i], frame, bin});
  }
  void spread_out() {
    while (!edge_.empty()) {
      const Place p = edge_.top();
      edge_.pop();
      const auto [m, t, k] = p;
      if (t + 1 < frames_) reach(p, t + 1, k, 0.5 * (along_time(t, k) + along_time(t + 1, k)));
      if (t > 0) reach(p, t - 1, k, -0.5 * (along_time(t, k) + along_time(t - 1, k)));
      if (k + 1 < bins_) reach(p, t, k + 1, 0.5 * (along_frequency(t, k) + along_frequency(t, k + 1)));
      if (k > 0) reach(p, t, k - 1, -0.5 * (along_frequency(t, k) + along_frequency(t, k - 1)));
    }
  }

  std::int64_t bins_, frames_;
  double size_, step_, gamma_;
  float least_ = 0.0F;            ///< what lies below bears no phase worth following
  std::vector<float> magnitude_;  ///< [frames, bins], as the others
  std::vector<float> level_;      ///< natural logarithms
  std::vector<double> phase_;
  std::vector<bool> known_;
  std::priority_queue<Place> edge_;  ///< the loudest place whose neighbours may still be unknown
};

torch::Tensor gradient_phases(const torch::Tensor& magnitudes, const KnownFrame& before, std::int64_t window,
                              std::int64_t hop) {
  PhaseIntegral integral(magnitudes, before, window, hop);
  integral.start_islands();
  return integral.phases();
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
