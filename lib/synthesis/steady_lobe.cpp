#include "lib/synthesis/steady_lobe.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "lib/core/wide.hpp"

namespace ictus::synthesis {
namespace {

constexpr double kLeastOff = 1e-3;  // bins from the nearest bin, where the formulas would divide by 0

struct Row {
  double amplitude, slope;
};
/// Of the window's response at `bins` from the sine, whose sine and cosine of pi `bins` these are.
inline Row response(double bins, double sine, double cosine) {
  constexpr double kPi = std::numbers::pi;
  const double cubic = bins * (1.0 - bins * bins);
  const double cubic_slope = 1.0 - 3.0 * bins * bins;
  const double over = 1.0 / (kPi * cubic);
  return {sine * over, kPi * over * over * (kPi * cosine * cubic - sine * cubic_slope)};
}

/// All of kBins: a loop of fixed length fills registers without a rest.
ICTUS_WIDE void add_all_power(const float* __restrict shape, float power, float* __restrict bins) {
  for (int i = 0; i < SteadyLobe::kBins; ++i) bins[i] += power * shape[i];
}

}  // namespace

SteadyLobe::SteadyLobe(float hz, const BandView& view) {
  const double exact = static_cast<double>(hz) / static_cast<double>(view.hz_per_bin());
  const double nearest = std::floor(exact + 0.5);
  double off = nearest - exact;
  if (std::abs(off) < kLeastOff) off = kLeastOff;
  const int middle = static_cast<int>(nearest);
  middle_ = std::clamp(middle, 0, view.bin_count() - 1);
  const int lowest = middle - kBins / 2;
  first_ = std::max(lowest, 0);
  bins_ = std::max(std::min(lowest + kBins, view.bin_count()) - first_, 0);
  const double sine = std::sin(std::numbers::pi * off);
  const double cosine = std::cos(std::numbers::pi * off);
  const double tone_power = static_cast<double>(view.window_samples) / 6.0;
  const double scale = std::sqrt(tone_power);
  for (int i = 0; i < bins_; ++i) {
    const int bin = first_ + i;
    const double turn = (bin - middle) % 2 == 0 ? 1.0 : -1.0;
    const double bins = static_cast<double>(bin - middle) + off;
    const Row row = response(bins, turn * sine, turn * cosine);
    // The response fades out over the last bin of its reach, as in Lobe.
    const double fade = std::clamp(kLobeReach + 1 - std::abs(bins), 0.0, 1.0);
    // The middle of the window is where a phase is meant; transforms count from its beginning.
    const double sign = bin % 2 == 0 ? 1.0 : -1.0;
    const auto at = static_cast<std::size_t>(i);
    power_[at] = static_cast<float>(tone_power * row.amplitude * row.amplitude * fade);
    amplitude_[at] = static_cast<float>(sign * scale * row.amplitude);
    slope_[at] = static_cast<float>(sign * scale * row.slope / (2.0 * std::numbers::pi));
  }
}

void SteadyLobe::add_power(float power, float* bins) const {
  if (bins_ == kBins) {
    add_all_power(power_.data(), power, bins + first_);
    return;
  }
  for (int i = 0; i < bins_; ++i) bins[first_ + i] += power * power_[static_cast<std::size_t>(i)];
}

ICTUS_WIDE void add_spectra(const SteadyLobe* lobes, const SpectrumPart* parts, int count, float gain,
                            float* __restrict re, float* __restrict im) {
  for (int p = 0; p < count; ++p) {
    const SteadyLobe& lobe = lobes[parts[p].lobe];
    const float in = gain * parts[p].in;
    const float across = gain * parts[p].across;
    const float in_slope = parts[p].dying * in;
    const float across_slope = parts[p].dying * across;
    float* __restrict to_re = re + lobe.first_;
    float* __restrict to_im = im + lobe.first_;
    const float* __restrict amplitude = lobe.amplitude_.data();
    const float* __restrict slope = lobe.slope_.data();
    if (lobe.bins_ == SteadyLobe::kBins) {
      // A loop of fixed length fills registers without a rest; what it leaves out is 60 dB below the middle.
      constexpr int kSpared = (SteadyLobe::kBins - 16) / 2;
      for (int i = kSpared; i < kSpared + 16; ++i) {
        to_re[i] += in * amplitude[i] - across_slope * slope[i];
        to_im[i] -= across * amplitude[i] + in_slope * slope[i];
      }
    } else {
      for (int i = 0; i < lobe.bins_; ++i) {
        to_re[i] += in * amplitude[i] - across_slope * slope[i];
        to_im[i] -= across * amplitude[i] + in_slope * slope[i];
      }
    }
  }
}

}  // namespace ictus::synthesis
