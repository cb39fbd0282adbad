#include "lib/synthesis/frame_power.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "lib/core/wide.hpp"
#include "lib/synthesis/moving_lobe.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide_loops.hpp"
#include "lib/synthesis/wide_math.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kFramesBetweenChecks = 4;
constexpr float kLobeSum = 1.5F;    // of the powers in all bins of Hann's lobe, against that in its middle
constexpr float kMostDying = 3.0F;  // natural logarithms within a window that a spectrum can follow

/// What the power of a partial must be to be heard, in one channel of some; `scale` leads from powers of bins
/// to those of partials.
ICTUS_WIDE void least_shown(const float* masked, const int* middle, float scale, float silent,
                            std::size_t count, float* __restrict least) {
  for (std::size_t h = 0; h < count; ++h) {
    const float hidden = scale * masked[middle[h] / Masking::kBins];
    const float here = hidden > silent ? hidden : silent;
    least[h] = here < least[h] ? here : least[h];
  }
}

/// Of parts that hold their powers in `in`.
ICTUS_WIDE void set_amplitudes(const float* phase, std::size_t count, SpectrumPart* parts) {
  std::array<float, kPartials> amplitude;
  std::array<float, kPartials> sine;
  std::array<float, kPartials> cosine;
  for (std::size_t p = 0; p < count; ++p) amplitude[p] = parts[p].in;
  for (std::size_t p = 0; p < count; ++p) {
    const float root = std::sqrt(amplitude[p]);
    sine[p] = root * wide_sine(phase[p]);
    cosine[p] = root * wide_sine(phase[p] + 0.25F);
  }
  for (std::size_t p = 0; p < count; ++p) {
    parts[p].in = sine[p];
    parts[p].across = cosine[p];
  }
}

Rings rings_of(const Partials& partials, const EventSound& sound, const BandView& view) {
  const auto count = static_cast<std::size_t>(partials.count);
  return {std::span(partials.power).first(count),
          std::span(partials.rate).first(count),
          std::span(partials.room_rate).first(count),
          room_level(sound),
          view.hop_s(),
          view.window_s()};
}

}  // namespace

FramePower::FramePower(const EventSound& sound, const Partials& heard, std::int64_t onset_samples,
                       const BandView& bins, float noise_factor)
    : sound_(sound),
      view_(&bins),
      ceiling_(sound),
      course_(sound, sound.attack_log_s, onset_samples, bins),
      noise_(sound, onset_samples, bins),
      rings_(rings_of(heard, sound, bins)) {
  for (std::size_t h = 0; h < static_cast<std::size_t>(heard.count); ++h) {
    hz_.push_back(heard.hz[h]);
    room_rate_.push_back(heard.room_rate[h]);
    lobes_.emplace_back(heard.hz[h], bins);
    middle_.push_back(lobes_.back().middle());
    least_ = std::max(least_, heard.power[h]);
  }
  least_ *= kSilent * std::exp(sound.gain_db * kTenthOfLog10);
  if (noise_.sounds()) find_density(noise_factor);
}

/// Of the noise as it begins.
void FramePower::find_density(float noise_factor) {
  density_.resize(static_cast<std::size_t>(view_->bin_count()));
  const std::vector<int>& region = view_->noise_region;
  for (int r = 0; r <= kNoiseRegions; ++r)
    region_bins_[static_cast<std::size_t>(r)] =
        static_cast<int>(std::lower_bound(region.begin(), region.end(), r) - region.begin());
  const NoiseDensity density(sound_);
  const float noise_power = noise_factor * static_cast<float>(view_->sample_rate_hz) / 4.0F;
  density.at(view_->spectrum_place, density_);
  for (float& value : density_) value *= noise_power;
  for (std::size_t r = 0; r < kNoiseRegions; ++r)
    most_dense_[r] =
        *std::max_element(density_.begin() + region_bins_[r], density_.begin() + region_bins_[r + 1]);
}

/// Adds a partial whose pitch moves while the window lasts.
void FramePower::add_moving(float bins, float power, const Motion& motion, std::vector<float>& channel) {
  const float tone_power = static_cast<float>(view_->window_samples) / 6.0F;
  for (const MovingPart& part : MovingParts(bins, motion, *view_))
    hann_lobe().add_mean(part.at, part.width, power * tone_power * part.weight, part.first, part.last,
                         channel.data());
}

void FramePower::add_partials(std::int64_t frame, std::span<const float> factors,
                              std::span<std::vector<float>> channels, const Masking* masking) {
  const FrameCourse::Moment moment = course_.at(sound_, frame);
  rings_.advance(moment.level, moment.elapsed_s, moment.since_windows, course_.attack_windows());
  Motion motion;
  const bool is_moving = moves_at(sound_, moment.elapsed_s, view_->window_s());
  if (is_moving) motion = motion_at(sound_, moment.elapsed_s, view_->window_s());
  if (is_moving) {
    // Where each is in the middle of the window.
    const float bins = 0.5F * (motion.factor[1] + motion.factor[2]) / view_->hz_per_bin();
    for (std::size_t h = 0; h < static_cast<std::size_t>(rings_.count()); ++h)
      middle_[h] = std::clamp(static_cast<int>(hz_[h] * bins + 0.5F), 0, view_->bin_count() - 1);
    was_moving_ = true;
  } else if (was_moving_) {
    for (std::size_t h = 0; h < static_cast<std::size_t>(rings_.count()); ++h)
      middle_[h] = lobes_[h].middle();
    was_moving_ = false;
  }
  find_shown(factors, masking);
  for (std::size_t p = 0; p < shown_count_; ++p) {
    const auto h = static_cast<std::size_t>(shown_[p]);
    const float power = rings_.power()[h];
    for (std::size_t c = 0; c < channels.size(); ++c) {
      if (is_moving)
        add_moving(hz_[h] / view_->hz_per_bin(), factors[c] * power, motion, channels[c]);
      else
        lobes_[h].add_power(factors[c] * power, channels[c].data());
    }
  }
  const float masked_power = kLobeSum * SteadyLobe::peak(*view_);
  for (std::size_t p = 0; p < masked_count_; ++p) {
    const auto h = static_cast<std::size_t>(masked_[p]);
    for (std::size_t c = 0; c < channels.size(); ++c)
      channels[c][static_cast<std::size_t>(middle_[h])] += factors[c] * masked_power * rings_.power()[h];
  }
}

void FramePower::add_noise(std::span<const float> factors, std::span<std::vector<float>> channels,
                           const Masking* masking) {
  for (std::size_t c = 0; c < channels.size(); ++c) {
    for (std::size_t r = 0; r < kNoiseRegions; ++r) {
      const float power = factors[c] * noise_.power()[r];
      if (masking && power * most_dense_[r] < masking->masked_noise(c)[r]) continue;
      const int begin = region_bins_[r];
      add_scaled(density_.data() + begin, power, region_bins_[r + 1] - begin, channels[c].data() + begin);
    }
  }
}

/// The partials that are neither silent nor masked in all channels come first, then those that are masked.
void FramePower::find_shown(std::span<const float> factors, const Masking* masking) {
  const auto count = static_cast<std::size_t>(rings_.count());
  const float peak = SteadyLobe::peak(*view_);
  std::array<float, kPartials> least;
  std::fill(least.begin(), least.begin() + count, masking ? std::numeric_limits<float>::max() : least_);
  for (std::size_t c = 0; masking && c < masking->channels(); ++c)
    least_shown(masking->masked(c), middle_.data(), 1.0F / (peak * factors[c] + 1e-20F), least_, count,
                least.data());
  shown_count_ = masked_count_ = 0;
  for (std::size_t h = 0; h < count; ++h) {
    if (rings_.power()[h] >= least[h])
      shown_[shown_count_++] = static_cast<int>(h);
    else if (rings_.power()[h] >= least_)
      masked_[masked_count_++] = static_cast<int>(h);
  }
}

void FramePower::know_phases(std::span<const double> turns, double lead_samples) {
  turns_.assign(turns.begin(), turns.begin() + rings_.count());
  turns_samples_ = static_cast<double>(course_.onset_samples()) - lead_samples;
  if (hz_.empty() || !SteadyLobe::has_image(hz_[0], *view_)) return;
  for (const float hz : hz_) images_.emplace_back(-hz, *view_);
}

void FramePower::add_spectrum(std::int64_t frame, std::span<const float> factors,
                              std::span<Spectrum> channels) {
  if (shown_count_ == 0) return;
  const FrameCourse::Moment moment = course_.at(sound_, frame);
  const double since = (static_cast<double>(frame * view_->hop_samples) - turns_samples_) /
                       static_cast<double>(view_->sample_rate_hz);
  std::array<float, kPartials> slopes;
  rings_.slopes(course_.slope(sound_, moment.elapsed_s), room_rate_, slopes);
  std::array<SpectrumPart, kPartials> parts;
  std::array<float, kPartials> phase;
  const float falling = -0.5F * view_->window_s();
  const std::size_t count = shown_count_;
  for (std::size_t p = 0; p < count; ++p) {
    const auto at = static_cast<std::size_t>(shown_[p]);
    const double turns = turns_[at] + static_cast<double>(hz_[at]) * since;
    phase[p] = static_cast<float>(turns - static_cast<double>(static_cast<std::int64_t>(turns)));
    parts[p] = {shown_[p], rings_.power()[at], 0.0F,
                std::clamp(falling * slopes[at], -kMostDying, kMostDying)};
  }
  set_amplitudes(phase.data(), count, parts.data());
  for (std::size_t c = 0; c < channels.size(); ++c)
    add_spectra(lobes_.data(), parts.data(), static_cast<int>(count), factors[c], channels[c].re.data(),
                channels[c].im.data());
  if (images_.empty()) return;
  for (std::size_t p = 0; p < count; ++p) parts[p].across = -parts[p].across;
  for (std::size_t c = 0; c < channels.size(); ++c)
    add_spectra(images_.data(), parts.data(), static_cast<int>(count), factors[c], channels[c].re.data(),
                channels[c].im.data());
}

/// After the frame before: what is dropped is not needed in the spectrum of a frame whose power was added.
void FramePower::drop_silent(std::int64_t frame) {
  const float elapsed_s = course_.at(sound_, frame).elapsed_s;
  if (elapsed_s <= contour_s(0)) return;
  const float ceiling = ceiling_.after(elapsed_s);
  int kept = 0;
  for (int h = 0; h < rings_.count(); ++h) {
    if (!rings_.sounds(h, ceiling, elapsed_s, least_)) continue;
    rings_.move(h, kept);
    hz_[static_cast<std::size_t>(kept)] = hz_[static_cast<std::size_t>(h)];
    if (kept != h) {
      const auto from = static_cast<std::size_t>(h);
      const auto to = static_cast<std::size_t>(kept);
      lobes_[to] = lobes_[from];
      middle_[to] = middle_[from];
      room_rate_[to] = room_rate_[from];
      if (!images_.empty()) images_[to] = images_[from];
      if (!turns_.empty()) turns_[to] = turns_[from];
    }
    ++kept;
  }
  rings_.resize(kept);
}

void FramePower::add(std::int64_t frame, std::span<const float> factors,
                     std::span<std::vector<float>> channels, const Masking* masking) {
  if (frame < course_.first_frame()) return;
  if (frame % kFramesBetweenChecks == 0 && rings_.count() > 0) drop_silent(frame - 1);
  shown_count_ = 0;
  if (rings_.count() > 0) add_partials(frame, factors, channels, masking);
  if (!noise_.sounds()) return;
  noise_.advance();
  add_noise(factors, channels, masking);
}

}  // namespace ictus::synthesis
