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
      density_(bins.centre_hz.size()),
      power_(bins.centre_hz.size()) {
  const Partials partials = heard_partials(sound);
  for (std::size_t h = 0; h < static_cast<std::size_t>(partials.count); ++h) {
    hz_.push_back(partials.hz[h]);
    places_.push_back(place_of(partials.hz[h], bins));
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

FramePower::Place FramePower::place_of(float hz, const BandView& view) {
  const float at = hz / view.hz_per_bin();
  const float tone_power = static_cast<float>(view.window_samples) / 6.0F;
  Place place;
  place.first = std::max(static_cast<int>(std::ceil(at)) - kLobeReach - 1, 0);
  const int last = std::min(static_cast<int>(std::floor(at)) + kLobeReach + 1, view.bin_count() - 1);
  for (int bin = place.first; bin <= last; ++bin)
    place.power[static_cast<std::size_t>(place.bins++)] =
        tone_power * hann_lobe().at(static_cast<float>(bin) - at);
  return place;
}

/// Adds a partial whose pitch moves while the window lasts.
void FramePower::add_moving(float bins, float power, const Motion& motion) {
  const float tone_power = static_cast<float>(view_->window_samples) / 6.0F;
  for (const MovingPart& part : MovingParts(bins, motion, *view_))
    add_lobe(hann_lobe(), part.at, part.width, power * tone_power * part.weight, part.first, part.last,
             power_.data());
}

void FramePower::add_partials(std::int64_t frame) {
  const FrameCourse::Moment moment = course_.at(sound_, frame);
  rings_.advance(moment.level, moment.elapsed_s, moment.since_windows, course_.attack_windows());
  Motion motion;
  const bool is_moving = moves_at(sound_, moment.elapsed_s, view_->window_s());
  if (is_moving) motion = motion_at(sound_, moment.elapsed_s, view_->window_s());
  for (int h = 0; h < rings_.count(); ++h) {
    const float power = rings_.power()[h];
    if (power < least_) continue;
    if (is_moving) {
      add_moving(hz_[static_cast<std::size_t>(h)] / view_->hz_per_bin(), power, motion);
    } else {
      const Place& place = places_[static_cast<std::size_t>(h)];
      add_scaled(place.power.data(), power, place.bins, power_.data() + place.first);
    }
  }
  if (frame % kFramesBetweenChecks == 0 && moment.elapsed_s > contour_s(0)) drop_silent(moment.elapsed_s);
}

void FramePower::drop_silent(float elapsed_s) {
  const float ceiling = ceiling_.after(elapsed_s);
  int kept = 0;
  for (int h = 0; h < rings_.count(); ++h) {
    if (!rings_.sounds(h, ceiling, elapsed_s, least_)) continue;
    rings_.move(h, kept);
    hz_[static_cast<std::size_t>(kept)] = hz_[static_cast<std::size_t>(h)];
    places_[static_cast<std::size_t>(kept)] = places_[static_cast<std::size_t>(h)];
    ++kept;
  }
  rings_.resize(kept);
}

void FramePower::add(std::int64_t frame, std::span<const float> factors,
                     std::span<std::vector<float>> channels) {
  if (frame < course_.first_frame()) return;
  std::fill(power_.begin(), power_.end(), 0.0F);
  if (rings_.count() > 0) add_partials(frame);
  if (noise_.sounds()) {
    noise_.advance();
    for (std::size_t r = 0; r < kNoiseRegions; ++r) {
      const int begin = region_bins_[r];
      add_scaled(density_.data() + begin, noise_.power()[r], region_bins_[r + 1] - begin,
                 power_.data() + begin);
    }
  }
  for (std::size_t c = 0; c < channels.size(); ++c)
    add_scaled(power_.data(), factors[c], static_cast<int>(power_.size()), channels[c].data());
}

}  // namespace ictus::synthesis
