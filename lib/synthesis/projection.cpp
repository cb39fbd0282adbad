#include "lib/synthesis/projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>

#include "lib/synthesis/wide.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kLeastPower = 1e-16F;  // of a bin, sounding or in the model: there is no phase to speak of
constexpr float kMostGain = 1e6F;      // of power, so that leakage does not become a sound

/// Noise that is given even magnitudes loses 0.58 dB where its frames overlap: they no longer agree.
constexpr float kNoiseFactor = 1.143F;

ICTUS_WIDE void set_power(const float* __restrict wanted, int bins, float* __restrict re,
                          float* __restrict im) {
  for (int k = 0; k < bins; ++k) {
    const float power = re[k] * re[k] + im[k] * im[k];
    const float ratio = wanted[k] / (power + kLeastPower);
    const float held = ratio < kMostGain ? ratio : kMostGain;
    const float gain = wanted[k] > kLeastPower ? std::sqrt(held) : 0.0F;
    re[k] *= gain;
    im[k] *= gain;
  }
}

}  // namespace

Projection::Projection(int sample_rate_hz, int channels, int window_samples, int hop_samples)
    : view_(BandView::bins(sample_rate_hz, window_samples, hop_samples)),
      fourier_(window_samples),
      spectrum_(window_samples),
      frame_(static_cast<std::size_t>(window_samples)),
      power_(static_cast<std::size_t>(channels), std::vector<float>(spectrum_.re.size())),
      in_(static_cast<std::size_t>(channels), std::vector<float>(frame_.size())),
      out_(in_),
      silent_hops_(2 * window_samples / hop_samples) {
  // The squares of the analysis window sum to 1, and its product with the other one, over all frames, is 1.
  const auto size = static_cast<double>(window_samples);
  const double scale = std::sqrt(3.0 * size / 8.0);
  for (int i = 0; i < window_samples; ++i) {
    const double hann = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * i / size);
    analysis_window_.push_back(static_cast<float>(hann / scale));
    synthesis_window_.push_back(static_cast<float>(hann * scale * hop_samples / (3.0 * size / 8.0)));
  }
}

void Projection::add(const EventSound& sound, std::int64_t onset_samples) {
  Gains factors = pan_gains(sound.position, static_cast<int>(in_.size()));
  for (float& factor : factors) factor *= factor;
  events_.push_back({FramePower(sound, onset_samples, view_, kNoiseFactor), factors});
  silent_hops_ = 0;
}

void Projection::find_power(std::int64_t frame) {
  for (std::vector<float>& bins : power_) std::fill(bins.begin(), bins.end(), 0.0F);
  for (Event& event : events_) event.power.add(frame, event.factors, power_);
  std::erase_if(events_, [](const Event& event) { return !event.power.sounds(); });
}

void Projection::project(std::size_t channel) {
  const int window = view_.window_samples;
  multiply(in_[channel].data(), analysis_window_.data(), window, frame_.data());
  fourier_.forward(frame_, spectrum_);
  set_power(power_[channel].data(), view_.bin_count(), spectrum_.re.data(), spectrum_.im.data());
  fourier_.inverse(spectrum_, frame_);
  add_product(frame_.data(), synthesis_window_.data(), window, out_[channel].data());
}

void Projection::push(std::vector<std::vector<float>>& hop) {
  const auto hop_samples = static_cast<std::ptrdiff_t>(view_.hop_samples);
  bool silent = true;
  for (std::size_t c = 0; c < in_.size(); ++c) {
    silent = silent && std::all_of(hop[c].begin(), hop[c].end(), [](float x) { return x == 0.0F; });
    for (std::vector<float>* samples : {&in_[c], &out_[c]})
      std::copy(samples->begin() + hop_samples, samples->end(), samples->begin());
    std::copy(hop[c].begin(), hop[c].end(), in_[c].end() - hop_samples);
    std::fill(out_[c].end() - hop_samples, out_[c].end(), 0.0F);
  }
  silent_hops_ = silent ? silent_hops_ + 1 : 0;
  ++hops_;
  // Of the frame that ends with this hop, the middle lies half a window earlier.
  const std::int64_t frame = hops_ - view_.window_samples / 2 / view_.hop_samples;
  find_power(frame);
  if (silent_hops_ < view_.window_samples / view_.hop_samples)
    for (std::size_t c = 0; c < in_.size(); ++c) project(c);
  for (std::size_t c = 0; c < in_.size(); ++c)
    std::copy(out_[c].begin(), out_[c].begin() + hop_samples, hop[c].begin());
}

}  // namespace ictus::synthesis
