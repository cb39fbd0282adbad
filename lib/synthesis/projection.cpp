#include "lib/synthesis/projection.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <utility>

#include "lib/core/wide.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::synthesis {
namespace {

constexpr float kLeastPower = 1e-16F;  // of a bin, sounding or in the model: there is no phase to speak of
/// Of an attack, made sample by sample; what is left of a longer one is slow enough for spectra.
constexpr float kMostAttackS = 0.02F;
constexpr float kMostGain = 1e6F;      // of power, so that leakage does not become a sound
constexpr float kMostRestored = 4.0F;  // of power, to what follows an onset

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

std::size_t leading_zeros(const std::vector<float>& samples) {
  const auto first = std::find_if(samples.begin(), samples.end(), [](float x) { return x != 0.0F; });
  return static_cast<std::size_t>(first - samples.begin());
}

/// Magnitudes by themselves spread an attack over the whole window. Moves the energy of the first samples to
/// the rest.
void keep_silent(std::vector<float>& frame, std::size_t count) {
  const auto first = frame.begin() + static_cast<std::ptrdiff_t>(count);
  const float before = std::inner_product(frame.begin(), first, frame.begin(), 0.0F);
  const float after = std::inner_product(first, frame.end(), first, 0.0F);
  const float scale = std::sqrt(std::min(1.0F + before / std::max(after, kLeastPower), kMostRestored));
  std::fill(frame.begin(), first, 0.0F);
  std::for_each(first, frame.end(), [scale](float& x) { x *= scale; });
}

}  // namespace

Projection::Projection(int sample_rate_hz, int channels, int window_samples, int hop_samples)
    : view_(std::make_shared<const BandView>(BandView::bins(sample_rate_hz, window_samples, hop_samples))),
      fourier_(window_samples),
      spectra_(static_cast<std::size_t>(channels), Spectrum(window_samples)),
      frame_(static_cast<std::size_t>(window_samples)),
      window_(static_cast<std::size_t>(channels), frame_),
      power_(static_cast<std::size_t>(channels), std::vector<float>(spectra_[0].re.size())),
      masking_(*view_, channels),
      in_(static_cast<std::size_t>(channels), std::vector<float>(frame_.size())),
      out_(in_),
      silence_(static_cast<std::size_t>(channels)),
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

bool Projection::makes_partials(const EventSound& sound) const {
  return std::abs(sound.vibrato_semitones) <= kStillSemitones;
}

void Projection::add(const EventSound& sound, const Partials& heard, std::int64_t onset_samples,
                     const Turns& turns) {
  Gains gains = pan_gains(sound.position, static_cast<int>(in_.size()));
  Gains factors = gains;
  for (float& factor : factors) factor *= factor;
  Event event{FramePower(sound, heard, onset_samples, *view_, kNoiseFactor),
              factors,
              gains,
              makes_partials(sound),
              {}};
  if (event.makes_partials) {
    Oscillators oscillators(sound, heard, view_->sample_rate_hz, turns);
    const auto rate_hz = static_cast<float>(view_->sample_rate_hz);
    float settled_s = std::min(attack_s(sound.attack_log_s), kMostAttackS);
    if (moves(sound)) settled_s = std::max(settled_s, std::exp(sound.glide_log_s));
    const auto periods = static_cast<std::int64_t>(settled_s * rate_hz) / Oscillators::kPeriod + 1;
    const std::int64_t settled = periods * Oscillators::kPeriod;
    event.power.know_phases(oscillators.turns(), oscillators.lead_samples(periods));
    event.opening.emplace(Opening{std::move(oscillators), onset_samples, onset_samples + settled,
                                  std::vector<float>(frame_.size() + Oscillators::kPeriod)});
  }
  events_.push_back(std::move(event));
  silent_hops_ = 0;
}

void Projection::find_power(std::int64_t frame) {
  for (std::vector<float>& bins : power_) std::fill(bins.begin(), bins.end(), 0.0F);
  for (Event& event : events_) event.power.add(frame, event.factors, power_, &masking_);
  masking_.listen(power_);
}

/// To the windows that end with the latest hop.
void Projection::add_opening(Opening& opening, const Gains& gains) {
  std::vector<float>& samples = opening.samples;
  const std::int64_t end = hops_ * view_->hop_samples;
  std::copy(samples.begin() + view_->hop_samples, samples.end(), samples.begin());
  std::fill(samples.end() - view_->hop_samples, samples.end(), 0.0F);
  std::array<float, Oscillators::kPeriod> period;
  while (opening.next_sample < end && opening.oscillators.sounds()) {
    opening.oscillators.render(period);
    const std::int64_t place = opening.next_sample - (end - view_->window_samples);
    std::copy(period.begin(), period.end(), samples.begin() + place);
    opening.next_sample += Oscillators::kPeriod;
  }
  for (std::size_t c = 0; c < window_.size(); ++c)
    add_scaled(samples.data(), gains[c], view_->window_samples, window_[c].data());
}

void Projection::find_spectra(std::int64_t frame) {
  const std::int64_t begin = hops_ * view_->hop_samples - view_->window_samples;
  for (std::size_t c = 0; c < in_.size(); ++c) std::copy(in_[c].begin(), in_[c].end(), window_[c].begin());
  for (Event& event : events_) {
    if (!event.opening) continue;
    if (event.opening->end_samples <= begin)
      event.opening.reset();
    else
      add_opening(*event.opening, event.gains);
  }
  const bool goes_on = std::any_of(events_.begin(), events_.end(),
                                   [](const Event& event) { return event.makes_partials && !event.opening; });
  for (std::size_t c = 0; c < in_.size(); ++c) {
    silence_[c] = goes_on ? 0 : leading_zeros(window_[c]);
    multiply(window_[c].data(), analysis_window_.data(), view_->window_samples, frame_.data());
    fourier_.forward(frame_, spectra_[c]);
  }
  for (Event& event : events_)
    if (event.makes_partials && !event.opening) event.power.add_spectrum(frame, event.gains, spectra_);
}

void Projection::project(std::size_t channel) {
  Spectrum& spectrum = spectra_[channel];
  set_power(power_[channel].data(), view_->bin_count(), spectrum.re.data(), spectrum.im.data());
  fourier_.inverse(spectrum, frame_);
  if (silence_[channel] > 0) keep_silent(frame_, silence_[channel]);
  add_product(frame_.data(), synthesis_window_.data(), view_->window_samples, out_[channel].data());
}

void Projection::push(std::vector<std::vector<float>>& hop) {
  const auto hop_samples = static_cast<std::ptrdiff_t>(view_->hop_samples);
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
  const std::int64_t frame = hops_ - view_->window_samples / 2 / view_->hop_samples;
  find_power(frame);
  if (!events_.empty() || silent_hops_ < view_->window_samples / view_->hop_samples) {
    find_spectra(frame);
    for (std::size_t c = 0; c < in_.size(); ++c) project(c);
  }
  std::erase_if(events_, [](const Event& event) { return !event.power.sounds(); });
  for (std::size_t c = 0; c < in_.size(); ++c)
    std::copy(out_[c].begin(), out_[c].begin() + hop_samples, hop[c].begin());
}

}  // namespace ictus::synthesis
