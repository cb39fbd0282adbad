#include "lib/synthesis/power_course.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>

#include "lib/synthesis/audible.hpp"
#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/frame_course.hpp"
#include "lib/synthesis/noise_frames.hpp"
#include "lib/synthesis/rings.hpp"
#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kFramesBetweenChecks = 4;
constexpr int kBands = 512;  // in which the density of noise is integrated

const BandView& view() {
  static const BandView bands = BandView::mel(44100, 4096, 1024, kBands);
  return bands;
}

/// The noise of an event by the regions that decay at rates of their own: shares of its power, and the same
/// times their middle frequencies.
struct NoiseShares {
  std::array<float, kNoiseRegions> power{}, power_hz{};
};

NoiseShares noise_shares(const EventSound& sound) {
  const BandView& bands = view();
  const NoiseDensity density(sound);
  NoiseShares shares;
  float sum = 0.0F;
  std::vector<float> densities(bands.spectrum_place.size());
  density.at(bands.spectrum_place, densities);
  for (std::size_t b = 0; b < densities.size(); ++b) {
    const float power = densities[b] * bands.width_bins[b] * bands.hz_per_bin();
    const auto region = static_cast<std::size_t>(bands.noise_region[b]);
    shares.power[region] += power;
    shares.power_hz[region] += power * bands.centre_hz[b];
    sum += power;
  }
  const float scale = (1.0F - partials_share(sound)) / sum;
  for (float& power : shares.power) power *= scale;
  for (float& power_hz : shares.power_hz) power_hz *= scale;
  return shares;
}

float decibels(float power) { return 10.0F * std::log10(power + 1e-30F); }

}  // namespace

PowerCourse::PowerCourse(const EventSound& event, double most_seconds) {
  EventSound sound = event;
  sound.gain_db = 0.0F;
  const Partials partials = heard_partials(sound);
  const auto count = static_cast<std::size_t>(partials.count);
  const FrameCourse course(sound, sound.attack_log_s, 0, view());
  const Ceiling ceiling(sound);
  Rings rings(std::span(partials.power).first(count), std::span(partials.rate).first(count),
              std::span(partials.room_rate).first(count), room_level(sound), view().hop_s(),
              view().window_s());
  NoiseFrames noise(sound, 0, view());
  const NoiseShares shares = noise_shares(sound);
  const bool is_moving = moves(sound);
  const auto most = std::max<std::int64_t>(static_cast<std::int64_t>(std::ceil(most_seconds / kStepS)), 1);
  for (std::int64_t frame = course.first_frame(); frame < most; ++frame) {
    PowerMoment moment;
    const FrameCourse::Moment now = course.at(sound, frame);
    rings.advance(now.level, now.elapsed_s, now.since_windows, course.attack_windows());
    for (std::size_t h = 0; h < count; ++h) {
      moment.partials += rings.power()[h];
      moment.power_hz += rings.power()[h] * partials.hz[h];
    }
    if (is_moving) moment.power_hz *= std::exp2(deviation_semitones(sound, now.elapsed_s) / 12.0F);
    if (noise.sounds()) {
      noise.advance();
      for (std::size_t r = 0; r < kNoiseRegions; ++r) {
        moment.noise += noise.power()[r] * shares.power[r];
        moment.power_hz += noise.power()[r] * shares.power_hz[r];
      }
    }
    if (frame < 0) continue;  // only for what the room keeps of it
    moments_.push_back(moment);
    if (moment.power() > moments_[loudest_].power()) loudest_ = moments_.size() - 1;
    if (frame % kFramesBetweenChecks != 0 || now.elapsed_s < contour_s(0) || noise.sounds()) continue;
    const float highest = ceiling.after(now.elapsed_s);
    bool sounds = false;
    for (int h = 0; h < rings.count() && !sounds; ++h)
      sounds = rings.sounds(h, highest, now.elapsed_s, kSilent);
    if (!sounds) break;
  }
}

std::size_t PowerCourse::last_within(double audible_db) const {
  const auto least = static_cast<float>(static_cast<double>(moments_[loudest_].power()) *
                                        std::pow(10.0, -audible_db / 10.0));
  std::size_t last = moments_.size() - 1;
  while (last > loudest_ && moments_[last].power() < least) --last;
  return last;
}

double PowerCourse::end_s(double audible_db) const {
  const std::size_t last = last_within(audible_db);
  double steps = static_cast<double>(last);
  if (last + 1 < moments_.size()) {
    const float from_db = decibels(moments_[last].power());
    const float to_db = decibels(moments_[last + 1].power());
    const double least_db = static_cast<double>(decibels(moments_[loudest_].power())) - audible_db;
    if (to_db < from_db)
      steps += std::clamp((static_cast<double>(from_db) - least_db) / static_cast<double>(from_db - to_db),
                          0.0, 1.0);
  } else {
    steps += 1.0;
  }
  return steps * kStepS;
}

double PowerCourse::energy_db() const {
  double sum = 0.0;
  for (const PowerMoment& moment : moments_) sum += static_cast<double>(moment.power());
  return 10.0 * std::log10(sum * kStepS + 1e-30);
}

double energy_db(const EventSound& sound) {
  constexpr double kLongestS = 20.0;
  return PowerCourse(sound, kLongestS).energy_db();
}

}  // namespace ictus::synthesis
