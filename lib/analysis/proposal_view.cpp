#include "lib/analysis/proposal_view.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "lib/synthesis/spectrum_knots.hpp"

namespace ictus::analysis {
namespace {

/// Cells lie between these frames after the onset: short where much happens, up to 2.6 s.
constexpr std::array<int, kViewCells + 1> kCellEdges{-4, -2, 0,  1,  2,  3,  4,  5,  6,  8,
                                                     11, 15, 20, 27, 36, 48, 64, 86, 114};
/// Those in which the event begins.
constexpr std::size_t kFirstCell = 2;
constexpr std::size_t kLastCell = 10;
/// Multiples of the pitch where no partial is.
constexpr std::array<float, kViewBetween> kBetweenNumbers{0.5F, 1.5F, 2.5F, 3.5F, 5.5F, 7.5F, 11.5F, 17.5F};

constexpr float kUnitDb = 20.0F;
constexpr float kMiddleDb = -30.0F;
constexpr float kLowestDb = -80.0F;
constexpr float kHighestDb = 20.0F;

using Powers = std::array<std::array<float, kViewCells>, kViewRows>;

float decibels(float power) { return 10.0F * std::log10(power + 1e-20F); }

/// The highest of three bins.
float peak_at(std::span<const float> power, float hz, float hz_per_bin) {
  const auto bin = static_cast<std::ptrdiff_t>(std::lround(hz / hz_per_bin));
  if (bin + 1 >= std::ssize(power)) return 0.0F;
  return *std::max_element(power.begin() + std::max<std::ptrdiff_t>(bin - 1, 0), power.begin() + bin + 2);
}

/// The mean of the bins nearer to this knot than to others.
float band_power(std::span<const float> power, int knot, float hz_per_bin) {
  const float per_mel = synthesis::spectrum_knots_for_mel();
  const float mel = synthesis::mel_of(synthesis::kLowestKnotHz) + static_cast<float>(knot) / per_mel;
  const auto bin_of = [&](float at_mel) {
    return static_cast<int>(synthesis::hz_of(std::max(at_mel, 0.0F)) / hz_per_bin);
  };
  const int low = bin_of(mel - 0.5F / per_mel);
  const int high = std::min(std::max(bin_of(mel + 0.5F / per_mel), low + 1), static_cast<int>(power.size()));
  float sum = 0.0F;
  for (int k = low; k < high; ++k) sum += power[static_cast<std::size_t>(k)];
  return sum / static_cast<float>(high - low);
}

Powers powers_around(const BinMap& left, float hz, int onset) {
  Powers powers{};
  for (std::size_t cell = 0; cell < kViewCells; ++cell) {
    const int first = std::max(onset + kCellEdges[cell], 0);
    const int last = std::min(onset + kCellEdges[cell + 1], left.frames);
    if (first >= last) continue;
    const std::vector<float> mean = mean_spectrum(left, first, last);
    std::size_t row = 0;
    for (const float number : synthesis::kPartialKnotNumbers)
      powers[row++][cell] = peak_at(mean, number * hz, left.hz_per_bin);
    for (const float number : kBetweenNumbers)
      powers[row++][cell] = peak_at(mean, number * hz, left.hz_per_bin);
    for (int knot = 0; knot < synthesis::kSpectrumKnots; ++knot)
      powers[row++][cell] = band_power(mean, knot, left.hz_per_bin);
  }
  return powers;
}

}  // namespace

ProposalView proposal_view(const BinMap& left, float hz, int onset, float floor, std::size_t known) {
  const Powers powers = powers_around(left, hz, onset);
  float highest = floor;
  for (const auto& row : powers)
    highest = std::max(highest, *std::max_element(row.begin() + kFirstCell, row.begin() + kLastCell));
  ProposalView view{};
  view.reference_db = decibels(highest);
  auto next = view.levels.begin();
  for (const auto& row : powers)
    for (const float power : row)
      *next++ =
          (std::clamp(decibels(power) - view.reference_db, kLowestDb, kHighestDb) - kMiddleDb) / kUnitDb;
  const auto frames_seen = [](int frames) { return std::min(static_cast<float>(frames) / 100.0F, 2.0F); };
  view.context = {0.5F * (std::log2(hz) - 8.0F), (view.reference_db - decibels(floor)) / 30.0F - 1.0F,
                  frames_seen(left.frames - onset) - 1.0F, frames_seen(onset) - 1.0F,
                  0.25F * std::log2(static_cast<float>(known) + 1.0F) - 0.75F};
  return view;
}

}  // namespace ictus::analysis
