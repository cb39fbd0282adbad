#include "lib/metrics/third_octaves.hpp"

#include <cmath>
#include <string>

#include "lib/core/error.hpp"
#include "lib/metrics/power_spectrum.hpp"

namespace ictus::metrics {
namespace {

constexpr std::size_t kWindowSamples = 2048;
constexpr std::size_t kFramesPerBlock = 4;
constexpr double kLowestHz = 50.0;
constexpr int kEdges = 24;

/// Bins from `first` to before `last`.
struct Band {
  std::size_t first = 0;
  std::size_t last = 0;
};

std::vector<Band> make_bands(double sample_rate_hz) {
  const double bin_hz = sample_rate_hz / static_cast<double>(kWindowSamples);
  const auto edge_hz = [](int k) { return kLowestHz * std::exp2(static_cast<double>(k) / 3.0); };
  std::vector<Band> bands;
  for (int k = 0; k + 1 < kEdges && edge_hz(k + 1) < sample_rate_hz / 2.0; ++k) {
    Band band{static_cast<std::size_t>(std::ceil(edge_hz(k) / bin_hz)),
              static_cast<std::size_t>(std::ceil(edge_hz(k + 1) / bin_hz))};
    if (band.first == band.last) {
      band.first = static_cast<std::size_t>(std::lround(std::sqrt(edge_hz(k) * edge_hz(k + 1)) / bin_hz));
      band.last = band.first + 1;
    }
    bands.push_back(band);
  }
  return bands;
}

}  // namespace

ThirdOctaves third_octaves(std::span<const float> signal, int sample_rate_hz) {
  if (signal.empty()) throw Error("there are no samples to compare");
  const std::vector<Band> bands = make_bands(sample_rate_hz);
  if (bands.empty()) {
    throw Error("at " + std::to_string(sample_rate_hz) + " Hz there is no third of an octave to compare",
                "give a rate of at least 126 Hz");
  }
  PowerSpectrum spectrum(kWindowSamples);
  ThirdOctaves found{bands.size(), {}};
  std::vector<double> sums(bands.size(), 0.0);
  std::size_t frames = 0;
  const auto end_block = [&] {
    for (double& sum : sums) {
      found.powers.push_back(sum / static_cast<double>(frames));
      sum = 0.0;
    }
    frames = 0;
  };
  CentredFrames of_signal(signal, kWindowSamples);
  for (std::size_t k = 0; k < of_signal.count(); ++k) {
    const std::span<const double> power = spectrum.analyse(of_signal.frame(k));
    for (std::size_t b = 0; b < bands.size(); ++b) {
      for (std::size_t bin = bands[b].first; bin < bands[b].last; ++bin) sums[b] += power[bin];
    }
    if (++frames == kFramesPerBlock) end_block();
  }
  if (found.powers.empty()) end_block();
  return found;
}

}  // namespace ictus::metrics
