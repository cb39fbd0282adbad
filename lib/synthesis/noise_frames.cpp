#include "lib/synthesis/noise_frames.hpp"

#include <array>
#include <cmath>
#include <cstddef>

#include "lib/synthesis/spectrum.hpp"
#include "lib/synthesis/spectrum_knots.hpp"

namespace ictus::synthesis {
namespace {

constexpr int kFramesBetweenChecks = 8;
constexpr float kLeastShare = 1e-6F;  // of an event's power, below which its noise is not heard

Rings rings_of(const EventSound& sound, const BandView& view) {
  std::array<float, kNoiseRegions> power{};
  std::array<float, kNoiseRegions> rate{};
  std::array<float, kNoiseRegions> fade{};
  for (std::size_t region = 0; region < kNoiseRegions; ++region) {
    const float hz = view.region_hz[region];
    power[region] = 1.0F;
    rate[region] = std::exp(value_at(sound.noise_decay_log_rate, noise_decay_place(hz)));
    fade[region] = room_rate(sound.room_log_s, hz);
  }
  return {power, rate, fade, room_level(sound), view.hop_s(), view.window_s()};
}

}  // namespace

NoiseFrames::NoiseFrames(const EventSound& sound, std::int64_t onset_samples, const BandView& view)
    : sound_(sound),
      ceiling_(sound),
      course_(sound, sound.noise_attack_log_s, onset_samples, view),
      rings_(rings_of(sound, view)),
      next_frame_(course_.first_frame()),
      least_(kSilent * std::exp(sound.gain_db * kTenthOfLog10)),
      sounds_(has_noise(sound)) {}

bool NoiseFrames::has_noise(const EventSound& sound) { return partials_share(sound) <= 1.0F - kLeastShare; }

void NoiseFrames::advance() {
  const FrameCourse::Moment moment = course_.at(sound_, next_frame_);
  attack_ = moment.attack;
  rings_.advance(moment.level, moment.elapsed_s, moment.since_windows, course_.attack_windows());
  ++next_frame_;
  if ((next_frame_ - course_.first_frame()) % kFramesBetweenChecks != 0 || moment.elapsed_s < contour_s(0))
    return;
  const float ceiling = ceiling_.after(moment.elapsed_s);
  sounds_ = false;
  for (int region = 0; region < kNoiseRegions; ++region)
    sounds_ = sounds_ || rings_.sounds(region, ceiling, moment.elapsed_s, least_);
}

}  // namespace ictus::synthesis
