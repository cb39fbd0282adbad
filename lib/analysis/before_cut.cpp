#include "lib/analysis/before_cut.hpp"

#include <cmath>

#include "lib/analysis/stretch.hpp"
#include "lib/synthesis/spectrum_knots.hpp"
#include "lib/synthesis/time_course.hpp"

namespace ictus::analysis {
namespace {

using synthesis::PowerMap;

/// The powers of one frame, from the cut on.
PowerMap let_go(const PowerMap& sound, int frame, const synthesis::BandView& view, int frames) {
  constexpr float kHeldS = 1.0F;
  const auto event = synthesis::sound_with([&](synthesis::EventSound& set) {
    set.hold_log_s = std::log(kHeldS);
    set.damping_log_rate = std::log(synthesis::kDecay60 / kCutDampingS);
  });
  PowerMap ringing(sound.bands, frames);
  for (int t = 0; t < frames; ++t) {
    const float part = std::exp(synthesis::course_log(event, kHeldS + static_cast<float>(t) * view.hop_s()));
    for (int band = 0; band < sound.bands; ++band) ringing.row(band)[t] = part * sound.row(band)[frame];
  }
  return ringing;
}

}  // namespace

std::pair<PowerMaps, PowerMap> ringing_after_cut(std::span<const float> samples, int channels, int frames) {
  // One frame of the fine view, which fills all samples, and the last of the coarse one that does.
  const Stretch before(samples, {}, {.channels = channels, .context_frames = 2});
  const PowerMaps& sound = before.target.sound();
  const synthesis::BandView &fine = views().fine, &coarse = views().coarse;
  return {{let_go(sound.fine, 0, fine, frames),
           let_go(sound.coarse, kCoarsePerFine - 1, coarse, kCoarsePerFine * frames)},
          channels > 1 ? let_go(before.left, 0, fine, frames) : PowerMap(fine.bands(), frames)};
}

}  // namespace ictus::analysis
