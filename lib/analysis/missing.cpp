#include "lib/analysis/missing.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace ictus::analysis {
namespace {

using synthesis::PowerMap;

constexpr float kLowestHz = 50.0F, kHighestHz = 19000.0F;  // beyond which events say nothing, and few hear
constexpr float kSixthsPerOctave = 6.0F;
constexpr int kMomentFrames = 4;
/// Of its power a sixth masks this, of which these parts are left one sixth higher and lower (15 and 27 dB a
/// Bark, Terhardt 1979).
constexpr float kMasked = 1e-2F;
constexpr float kMaskedAbove = 1e-1F;
constexpr float kMaskedBelow = 1.6e-2F;
constexpr float kLeastHeard = 1e-5F;  // of the loudest sixth and moment
/// A moment may be softer by this, and is as good as silent when it is softer by the second beyond it.
constexpr float kHardlyMissedDb = 15.0F;
constexpr float kMissedDb = 10.0F;

std::vector<int> sixths_of(const synthesis::BandView& view) {
  std::vector<int> sixth;
  for (const float hz : view.centre_hz)
    sixth.push_back(hz < kLowestHz || hz > kHighestHz
                        ? -1
                        : static_cast<int>(kSixthsPerOctave * std::log2(hz / kLowestHz)));
  return sixth;
}

/// Where power is heard beside that of the other sixths, and is no less than `least`.
std::vector<bool> heard_in(const PowerMap& sound, float least) {
  std::vector<bool> heard(sound.values.size(), true);
  for (int t = 0; t < sound.frames; ++t) {
    float masked = 0.0F;
    const auto listen = [&](int sixth, float left) {
      const float power = sound.row(sixth)[t];
      if (power <= std::max(masked, least)) heard[static_cast<std::size_t>(sixth * sound.frames + t)] = false;
      masked = left * std::max(masked, kMasked * power);
    };
    for (int sixth = 0; sixth < sound.bands; ++sixth) listen(sixth, kMaskedAbove);
    masked = 0.0F;
    for (int sixth = sound.bands - 1; sixth >= 0; --sixth) listen(sixth, kMaskedBelow);
  }
  return heard;
}

}  // namespace

Missing::Missing(const Target& target)
    : sixth_of_band_(sixths_of(views().fine)),
      sixths_(*std::max_element(sixth_of_band_.begin(), sixth_of_band_.end()) + 1),
      sound_(moments_of(target.sound().fine)) {
  const float loudest = *std::max_element(sound_.values.begin(), sound_.values.end());
  // Beside what was louder before, too, little is heard.
  heard_ = heard_in(sound_, kLeastHeard * loudest * target.peak() / std::max(target.loudest(), 1e-12F));
}

PowerMap Missing::moments_of(const PowerMap& fine) const {
  PowerMap power(sixths_, (fine.frames + kMomentFrames - 1) / kMomentFrames);
  for (int b = 0; b < fine.bands; ++b) {
    const int sixth = sixth_of_band_[static_cast<std::size_t>(b)];
    if (sixth < 0) continue;
    const float width = views().fine.width_bins[static_cast<std::size_t>(b)];
    for (int t = 0; t < fine.frames; ++t) power.row(sixth)[t / kMomentFrames] += width * fine.row(b)[t];
  }
  return power;
}

std::vector<float> Missing::shortfall_db(const PowerMaps& explained) const {
  const PowerMap power = moments_of(explained.fine);
  std::vector<float> sums(static_cast<std::size_t>(sixths_));
  for (std::size_t i = 0; i < power.values.size(); ++i) {
    if (!heard_[i]) continue;
    const float short_db = 10.0F * std::log10(sound_.values[i] / std::max(power.values[i], 1e-30F));
    sums[i / static_cast<std::size_t>(power.frames)] +=
        std::clamp(short_db - kHardlyMissedDb, 0.0F, kMissedDb);
  }
  return sums;
}

bool Missing::is_any(const PowerMaps& explained) const {
  const std::vector<float> short_db = shortfall_db(explained);
  return std::any_of(short_db.begin(), short_db.end(), [](float db) { return db > kMostDb; });
}

}  // namespace ictus::analysis
