#include "lib/synthesis/frame_power.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "lib/synthesis/moving_lobe.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"
#include "lib/synthesis/wide.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kFramesBetweenChecks = 4;
constexpr float kMostDying = 3.0F;  // natural logarithms within a window that a spectrum can follow

/// The lobe of a sine at `at` bins that moves by `width` while the window lasts.
ICTUS_WIDE void add_lobe(const Lobe& lobe, float at, float width, float power, int first, int last,
                         float* __restrict bins) {
  for (int bin = first; bin <= last; ++bin)
    bins[bin] += power * lobe.mean_at(static_cast<float>(bin) - at, width);
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

FramePower::FramePower(const EventSound& sound, std::int64_t onset_samples, const BandView& bins,
                       float noise_factor)
    : sound_(sound),
      view_(&bins),
      ceiling_(sound),
      course_(sound, sound.attack_log_s, onset_samples, bins),
      noise_(sound, onset_samples, bins),
      rings_(rings_of(heard_partials(sound), sound, bins)),
      density_(bins.centre_hz.size()) {
  const Partials partials = heard_partials(sound);
  for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h) {
    hz_.push_back(partials.hz[h]);
    room_rate_.push_back(partials.room_rate[h]);
    lobes_.emplace_back(partials.hz[h], bins);
    least_ = std::max(least_, partials.power[h]);
  }
  least_ *= kSilent * std::exp(sound.gain_db * kTenthOfLog10);
  const auto& region = bins.noise_region;
  for (int r = 0; r <= kNoiseRegions; ++r)
    region_bins_[static_cast<std::size_t>(r)] =
        static_cast<int>(std::lower_bound(region.begin(), region.end(), r) - region.begin());
  const NoiseDensity density(sound);
  const float noise_power = noise_factor * static_cast<float>(bins.sample_rate_hz) / 4.0F;
  density.at(bins.spectrum_place, density_);
  for (float& value : density_) value *= noise_power;
}

/// Adds a partial whose pitch moves while the window lasts.
void FramePower::add_moving(float bins, float power, const Motion& motion, std::vector<float>& channel) {
  const float tone_power = static_cast<float>(view_->window_samples) / 6.0F;
  for (const MovingPart& part : MovingParts(bins, motion, *view_))
    add_lobe(hann_lobe(), part.at, part.width, power * tone_power * part.weight, part.first, part.last,
             channel.data());
}

void FramePower::add_partials(std::int64_t frame, std::span<const float> factors,
                              std::span<std::vector<float>> channels) {
  const FrameCourse::Moment moment = course_.at(sound_, frame);
  rings_.advance(moment.level, moment.elapsed_s, moment.since_windows, course_.attack_windows());
  Motion motion;
  const bool is_moving = moves_at(sound_, moment.elapsed_s, view_->window_s());
  if (is_moving) motion = motion_at(sound_, moment.elapsed_s, view_->window_s());
  for (int h = 0; h < rings_.count(); ++h) {
    const float power = rings_.power()[h];
    if (power < least_) continue;
    for (std::size_t c = 0; c < channels.size(); ++c) {
      if (is_moving)
        add_moving(hz_[static_cast<std::size_t>(h)] / view_->hz_per_bin(), factors[c] * power, motion,
                   channels[c]);
      else
        lobes_[static_cast<std::size_t>(h)].add_power(factors[c] * power, channels[c].data());
    }
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
  if (rings_.count() == 0) return;
  const auto count = static_cast<std::size_t>(rings_.count());
  const FrameCourse::Moment moment = course_.at(sound_, frame);
  const double since = (static_cast<double>(frame * view_->hop_samples) - turns_samples_) /
                       static_cast<double>(view_->sample_rate_hz);
  const float common = course_.slope(sound_, moment.elapsed_s);
  for (std::size_t h = 0; h < count; ++h) {
    const float power = rings_.power()[h];
    if (power < least_) continue;
    const double phase = turns_[h] + static_cast<double>(hz_[h]) * since;
    const auto turns = static_cast<float>(phase - std::floor(phase));
    const float in = std::sqrt(power) * std::sin(6.2831853F * turns);
    const float across = std::sqrt(power) * std::cos(6.2831853F * turns);
    const float dying =
        std::clamp(-0.5F * rings_.slope(static_cast<int>(h), common, room_rate_[h]) * view_->window_s(),
                   -kMostDying, kMostDying);
    for (std::size_t c = 0; c < channels.size(); ++c) {
      lobes_[h].add_spectrum(factors[c] * in, factors[c] * across, dying, channels[c].re.data(),
                             channels[c].im.data());
      if (!images_.empty())
        images_[h].add_spectrum(factors[c] * in, -factors[c] * across, dying, channels[c].re.data(),
                                channels[c].im.data());
    }
  }
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
      room_rate_[to] = room_rate_[from];
      if (!images_.empty()) images_[to] = images_[from];
      if (!turns_.empty()) turns_[to] = turns_[from];
    }
    ++kept;
  }
  rings_.resize(kept);
}

void FramePower::add(std::int64_t frame, std::span<const float> factors,
                     std::span<std::vector<float>> channels) {
  if (frame < course_.first_frame()) return;
  if (frame % kFramesBetweenChecks == 0 && rings_.count() > 0) drop_silent(frame - 1);
  if (rings_.count() > 0) add_partials(frame, factors, channels);
  if (!noise_.sounds()) return;
  noise_.advance();
  for (std::size_t c = 0; c < channels.size(); ++c) {
    for (std::size_t r = 0; r < kNoiseRegions; ++r) {
      const int begin = region_bins_[r];
      add_scaled(density_.data() + begin, factors[c] * noise_.power()[r], region_bins_[r + 1] - begin,
                 channels[c].data() + begin);
    }
  }
}

}  // namespace ictus::synthesis
