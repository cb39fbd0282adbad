#include "lib/analysis/salience.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ictus::analysis {
namespace {

constexpr float kLowestHz = 27.0F;
constexpr float kHighestHz = 10200.0F;
constexpr int kStepsAnOctave = 48;
constexpr float kPeaksFromHz = 700.0F;  // above which steps are wider than a bin
constexpr int kPartials = 20;
constexpr float kCompression = 0.3F;
constexpr float kFading = 0.86F;    // weight of a partial against that of the one below
constexpr float kBetween = 0.9F;    // weight of what lies between partials
constexpr float kApartBins = 6.0F;  // from which a partial may lie a bin beside where it should
constexpr int kRefinedPartials = 10;
constexpr float kRefinedFading = 0.9F;

/// Magnitudes to some power, and the highest of each with its neighbours.
struct Compressed {
  std::vector<float> exact, near;
};

Compressed compressed(std::span<const float> power) {
  Compressed c;
  const float most = *std::max_element(power.begin(), power.end()) + 1e-30F;
  for (const float p : power) c.exact.push_back(std::pow(p / most, kCompression));
  c.near = c.exact;
  for (std::size_t k = 1; k + 1 < c.exact.size(); ++k)
    c.near[k] = std::max({c.exact[k - 1], c.exact[k], c.exact[k + 1]});
  return c;
}

float salience(const Compressed& c, float hz, float hz_per_bin) {
  const std::vector<float>& at = hz / hz_per_bin > kApartBins ? c.near : c.exact;
  const auto bins = static_cast<float>(c.exact.size());
  float sum = 0.0F;
  float weight = 1.0F;
  for (int h = 1; h <= kPartials; ++h, weight *= kFading) {
    const float on = hz * static_cast<float>(h) / hz_per_bin;
    const float off = hz * (static_cast<float>(h) - 0.5F) / hz_per_bin;
    if (off >= bins - 2.0F) break;
    sum -= weight * kBetween * c.exact[static_cast<std::size_t>(off + 0.5F)];
    if (on < bins - 2.0F) sum += weight * at[static_cast<std::size_t>(on + 0.5F)];
  }
  return sum;
}

/// What is as strong at the next partial, too, as a part of what is at the partials.
float closeness(const Compressed& c, float hz, float hz_per_bin) {
  const std::vector<float>& at = hz / hz_per_bin > kApartBins ? c.near : c.exact;
  float sum = 0.0F, shared = 0.0F, weight = 1.0F, last = 0.0F;
  for (int h = 1; h <= kPartials; ++h, weight *= kFading) {
    const auto bin = static_cast<std::size_t>(hz * static_cast<float>(h) / hz_per_bin + 0.5F);
    if (bin >= at.size()) break;
    sum += weight * at[bin];
    shared += weight * std::min(at[bin], last);
    last = at[bin];
  }
  return shared / (sum + 1e-20F);
}

/// Whether a pitch is that of no tone: of a few tones above it, which lie near some of its partials, while
/// its first is missing.
bool is_ghost(const Compressed& c, float hz, float hz_per_bin) {
  constexpr float kMissing = 0.1F;  // 33 dB below the strongest bin
  constexpr float kThere = 0.3F;    // 17 dB
  constexpr int kFew = 4;
  int there = 0;
  for (int h = 1; h <= kPartials; ++h) {
    const auto bin = static_cast<std::size_t>(hz * static_cast<float>(h) / hz_per_bin + 0.5F);
    if (bin >= c.near.size()) break;
    if (h == 1 && c.near[bin] >= kMissing) return false;
    if (c.near[bin] >= kThere) ++there;
  }
  return there <= kFew;
}

/// The pitch whose partials lie nearest to the peaks that are found where they should be: first within half a
/// semitone by the sum of what is there, then by the peaks themselves, the stronger and higher counting more.
float refined(std::span<const float> power, float hz, float hz_per_bin) {
  constexpr int kSteps = 20;
  const std::vector<float> roots =
      fourth_roots(power, hz * std::exp2(1.0F / 24.0F) * kRefinedPartials, hz_per_bin);
  float best_hz = hz;
  float best = -1.0F;
  for (int i = -kSteps; i <= kSteps; ++i) {
    const float trial = hz * std::exp2(static_cast<float>(i) / (kSteps * 24.0F));
    const float sum = harmonic_strength(roots, trial, hz_per_bin, kRefinedPartials, kRefinedFading);
    if (sum > best) {
      best = sum;
      best_hz = trial;
    }
  }
  double numerator = 0.0, denominator = 0.0;
  for (int h = 1; h <= kRefinedPartials; ++h) {
    const float at = best_hz * static_cast<float>(h) / hz_per_bin;
    const auto middle = static_cast<std::size_t>(at + 0.5F);
    if (middle < 2 || middle + 3 >= power.size()) break;
    const auto k =
        static_cast<std::size_t>(std::max_element(power.begin() + static_cast<std::ptrdiff_t>(middle) - 1,
                                                  power.begin() + static_cast<std::ptrdiff_t>(middle) + 2) -
                                 power.begin());
    if (power[k] <= power[k - 1] || power[k] <= power[k + 1]) continue;
    const float peak = peak_bins(power, k);
    if (std::abs(peak - at) > 1.0F) continue;
    const double weight = std::sqrt(power[k]);
    numerator += weight * h * static_cast<double>(peak);
    denominator += weight * h * h;
  }
  return denominator > 0.0 ? static_cast<float>(numerator / denominator) * hz_per_bin : best_hz;
}

}  // namespace

std::vector<float> fourth_roots(std::span<const float> power, float highest_hz, float hz_per_bin) {
  const auto highest = static_cast<std::size_t>(highest_hz / hz_per_bin) + 4;
  std::vector<float> roots(std::min(highest, power.size()));
  for (std::size_t k = 0; k < roots.size(); ++k) roots[k] = std::sqrt(std::sqrt(power[k]));
  return roots;
}

float peak_bins(std::span<const float> power, std::size_t k) {
  const bool above = power[k + 1] > power[k - 1];
  const float ratio = std::sqrt(power[above ? k + 1 : k - 1] / (power[k] + 1e-30F));
  const float off = std::clamp((2.0F * ratio - 1.0F) / (ratio + 1.0F), 0.0F, 0.5F);
  return static_cast<float>(k) + (above ? off : -off);
}

float harmonic_strength(std::span<const float> roots, float hz, float hz_per_bin, int partials,
                        float fading) {
  float sum = 0.0F;
  float weight = 1.0F;
  for (int h = 1; h <= partials; ++h, weight *= fading) {
    const float at = hz * static_cast<float>(h) / hz_per_bin;
    const auto low = static_cast<std::size_t>(at);
    if (low + 2 >= roots.size()) break;
    const float part = at - static_cast<float>(low);
    sum += weight * ((1.0F - part) * roots[low] + part * roots[low + 1]);
  }
  return sum;
}

std::vector<PitchCandidate> pitch_candidates(std::span<const float> power, float hz_per_bin, int most) {
  const Compressed c = compressed(power);
  const int steps = static_cast<int>(std::log2(kHighestHz / kLowestHz) * kStepsAnOctave);
  std::vector<PitchCandidate> grid;
  for (int i = 0; i < steps; ++i) {
    const float hz = kLowestHz * std::exp2(static_cast<float>(i) / kStepsAnOctave);
    grid.push_back({hz, salience(c, hz, hz_per_bin)});
  }
  // The grid may miss a high sine by some bins; its peak does not.
  std::vector<PitchCandidate> peaks;
  for (std::size_t k = 2; k + 2 < power.size(); ++k) {
    const float hz = static_cast<float>(k) * hz_per_bin;
    if (hz < kPeaksFromHz || hz > kHighestHz) continue;
    if (power[k] > power[k - 1] && power[k] >= power[k + 1])
      peaks.push_back({peak_bins(power, k) * hz_per_bin, salience(c, hz, hz_per_bin)});
  }
  for (std::size_t i = 1; i + 1 < grid.size(); ++i)
    if (grid[i].salience > grid[i - 1].salience && grid[i].salience >= grid[i + 1].salience)
      peaks.push_back(grid[i]);
  std::erase_if(peaks, [&](const PitchCandidate& peak) { return is_ghost(c, peak.hz, hz_per_bin); });
  std::sort(peaks.begin(), peaks.end(), [](const auto& a, const auto& b) { return a.salience > b.salience; });
  if (peaks.size() > static_cast<std::size_t>(most)) peaks.resize(static_cast<std::size_t>(most));
  if (peaks.empty()) peaks.push_back(grid.front());
  const float first_hz = peaks.front().hz;
  const auto loudest = std::max_element(power.begin(), power.end()) - power.begin();
  for (const float hz :
       {0.5F * first_hz, 2.0F * first_hz, 3.0F * first_hz, static_cast<float>(loudest) * hz_per_bin})
    peaks.push_back({hz, salience(c, hz, hz_per_bin)});
  std::vector<PitchCandidate> result;
  for (const PitchCandidate& peak : peaks) {
    if (peak.hz < kLowestHz || peak.hz > kHighestHz) continue;
    const float hz = refined(power, peak.hz, hz_per_bin);
    const bool known = std::any_of(result.begin(), result.end(), [&](const PitchCandidate& other) {
      return std::abs(std::log2(hz / other.hz)) < 1.0F / kStepsAnOctave;
    });
    if (!known) result.push_back({hz, peak.salience});
  }
  return result;
}

PitchComparison strongest_pitch(std::span<const float> power, float hz_per_bin, float lowest_hz,
                                float highest_hz, float other_hz) {
  const auto heard = static_cast<std::size_t>((kPartials + 1) * std::max(highest_hz, other_hz) /
                                              hz_per_bin);  // bins that a salience looks at
  const Compressed c = compressed(power.first(std::min(heard, power.size())));
  PitchComparison found{{0.0F, 0.0F}, 0.0F, salience(c, other_hz, hz_per_bin)};
  const int steps = static_cast<int>(std::log2(highest_hz / lowest_hz) * kStepsAnOctave);
  for (int i = 0; i <= steps; ++i) {
    const float hz = lowest_hz * std::exp2(static_cast<float>(i) / kStepsAnOctave);
    const float own = salience(c, hz, hz_per_bin);
    if (own > found.strongest.salience) found.strongest = {hz, own};
  }
  if (found.strongest.hz <= 0.0F) return found;
  found.closeness = closeness(c, found.strongest.hz, hz_per_bin);
  found.strongest.hz = refined(power, found.strongest.hz, hz_per_bin);
  return found;
}

}  // namespace ictus::analysis
