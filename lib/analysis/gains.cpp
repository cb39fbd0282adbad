#include "lib/analysis/gains.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

#include "lib/synthesis/event_power.hpp"
#include "lib/synthesis/wide_loops.hpp"

namespace ictus::analysis {
namespace {

using synthesis::PowerMap;

constexpr int kUpdates = 8;
constexpr float kMostChangeDb = 6.0F;
/// Where less of the sound's energy is explained, gains stay: what is missing is something else.
constexpr double kLeastExplained = 0.5;

/// An event's power in the frames in which it sounds, and the gain it gets.
struct Part {
  PowerMap power;
  int begin;
  float gain = 1.0F;
};

double energy_of(const PowerMap& map, const synthesis::BandView& view) {
  double sum = 0.0;
  for (int b = 0; b < map.bands; ++b)
    sum += static_cast<double>(view.width_bins[static_cast<std::size_t>(b)]) *
           std::accumulate(map.row(b), map.row(b) + map.frames, 0.0);
  return sum;
}

}  // namespace

void balance_gains(std::vector<synthesis::EventSound>& events, const Target& target,
                   const synthesis::PowerMap& carried) {
  const synthesis::BandView& view = views().fine;
  const PowerMap& sound = target.sound().fine;
  const float floor = kNegligible * target.peak();
  std::vector<Part> parts;
  PowerMap whole(sound.bands, sound.frames);
  for (const synthesis::EventSound& event : events) {
    std::fill(whole.values.begin(), whole.values.end(), 0.0F);
    const synthesis::EventPower power(event, view, sound.frames, floor);
    power.add_to(whole);
    const int begin = std::min(power.begin_frame(), sound.frames);
    const int end = std::clamp(power.end_frame(), begin, sound.frames);
    Part part{PowerMap(sound.bands, end - begin), begin};
    for (int b = 0; b < sound.bands; ++b)
      std::copy(whole.row(b) + begin, whole.row(b) + end, part.power.row(b));
    parts.push_back(std::move(part));
  }
  PowerMap ratio = carried;
  for (const Part& part : parts)
    for (int b = 0; b < sound.bands; ++b)
      synthesis::add_scaled(part.power.row(b), 1.0F, part.power.frames, ratio.row(b) + part.begin);
  if (energy_of(ratio, view) < kLeastExplained * energy_of(sound, view)) return;
  for (int update = 0; update < kUpdates; ++update) {
    ratio = carried;
    for (const Part& part : parts)
      for (int b = 0; b < sound.bands; ++b)
        synthesis::add_scaled(part.power.row(b), part.gain, part.power.frames, ratio.row(b) + part.begin);
    for (std::size_t i = 0; i < ratio.values.size(); ++i)
      ratio.values[i] = (sound.values[i] + floor) / (ratio.values[i] + floor);
    for (Part& part : parts) {
      double wanted = 0.0;
      double power = 0.0;
      for (int b = 0; b < sound.bands; ++b) {
        const float* own = part.power.row(b);
        const float* wanted_of_it = ratio.row(b) + part.begin;
        float band_wanted = 0.0F;
        float band_power = 0.0F;
        for (int t = 0; t < part.power.frames; ++t) {
          band_wanted += own[t] * wanted_of_it[t];
          band_power += own[t];
        }
        const auto bins = static_cast<double>(view.width_bins[static_cast<std::size_t>(b)]);
        wanted += bins * static_cast<double>(band_wanted);
        power += bins * static_cast<double>(band_power);
      }
      if (power > 0.0) part.gain *= static_cast<float>(wanted / power);
    }
  }
  for (std::size_t e = 0; e < events.size(); ++e)
    events[e].gain_db +=
        std::clamp(10.0F * std::log10(std::max(parts[e].gain, 1e-9F)), -kMostChangeDb, kMostChangeDb);
}

}  // namespace ictus::analysis
