// That the gradient through an event's power is what happens when its numbers are moved.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_power.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

/// How far each number is moved, by its place in EventSound.
float step_of(std::size_t number) {
  switch (number) {
    case 0:
      return 1e-4F;  // s
    case 2:
      return 3e-5F;  // octaves
    default:
      return number >= 4 && number <= 9 ? 2e-3F : 1e-2F;
  }
}

/// Something smooth that the map is multiplied by, so that many bands and frames count, the soft ones too.
PowerMap slope_for(const PowerMap& map, float hop_part) {
  PowerMap slope(map.bands, map.frames);
  for (int b = 0; b < map.bands; ++b)
    for (int t = 0; t < map.frames; ++t)
      slope.row(b)[t] = std::sin(0.05F * static_cast<float>(b) + 1.0F) *
                        std::cos(0.05F * hop_part * static_cast<float>(t)) / (map.row(b)[t] + 1.0F);
  return slope;
}

}  // namespace

TEST_CASE("The gradient through an event's power is what happens") {
  const std::vector<BandView> views{BandView::fine(44100, 4096, 1024, 186, 380),
                                    BandView::mel(44100, 1024, 512, 48)};
  for (const BandView& view : views) {
    for (const bool moving : {false, true}) {
      CAPTURE(view.window_samples);
      CAPTURE(moving);
      EventSound sound = lively(221.3F);
      sound.onset_s = 0.31F;
      sound.balance_db = 10.0F;
      sound.hold_log_s = std::log(1.2F);
      if (!moving) sound.glide_semitones = sound.vibrato_semitones = 0.0F;
      const int frames = 130 * 1024 / view.hop_samples;
      PowerMap map(view.bands(), frames);
      EventPower(sound, view, frames, 0.0F).add_to(map);
      const PowerMap slope = slope_for(map, static_cast<float>(view.hop_samples) / 1024.0F);
      const auto value_of = [&](const EventSound& moved) {
        PowerMap power(view.bands(), frames);
        EventPower(moved, view, frames, 0.0F).add_to(power);
        double sum = 0.0;
        for (std::size_t i = 0; i < power.values.size(); ++i)
          sum += static_cast<double>(power.values[i]) * static_cast<double>(slope.values[i]);
        return sum;
      };
      EventSound gradient{};
      EventPower(sound, view, frames, 0.0F).add_gradient(slope, gradient);
      std::vector<double> happened(kSoundNumbers);
      for (std::size_t i = 0; i < kSoundNumbers; ++i) {
        EventSound ahead = sound, behind = sound;
        numbers_of(ahead)[i] += step_of(i);
        numbers_of(behind)[i] -= step_of(i);
        happened[i] = (value_of(ahead) - value_of(behind)) /
                      static_cast<double>(numbers_of(ahead)[i] - numbers_of(behind)[i]);
      }
      for (std::size_t i = 0; i < kSoundNumbers; ++i) {
        // Where an event does not move, glide and vibrato have no slope, lest all be as slow as those that
        // do.
        if (!moving && i >= 5 && i <= 9) continue;
        CAPTURE(i);
        const double said = static_cast<double>(numbers_of(gradient)[i]);
        // To 6 parts in a hundred: lobes are tables, and those that move end where they are not quite 0.
        CHECK(std::abs(said - happened[i]) < 0.06 * std::abs(happened[i]) + 0.2);
      }
    }
  }
}

}  // namespace ictus::synthesis
