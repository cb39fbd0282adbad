// Simple signals, and what analysis makes of them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "lib/analysis/propose.hpp"
#include "lib/analysis/target.hpp"
#include "lib/synthesis/event_sound.hpp"

inline constexpr double kRateHz = 44100.0;

/// A tone of `partials` partials, the h-th 1/h as strong, whose frequency follows `hz`, faded in and out over
/// 10 ms.
std::vector<float> tone(double seconds, double amplitude, int partials,
                        const std::function<double(double)>& hz);
/// White noise of that RMS.
std::vector<float> white_noise(double seconds, double rms, std::uint64_t seed);

/// A stretch of sound as fitting wants it.
struct Stretch {
  explicit Stretch(const std::vector<float>& samples);

  int frames;
  std::vector<float> bins;
  ictus::analysis::BinMap map;
  ictus::analysis::PowerMaps nothing;
  ictus::analysis::Target target;
};

/// The event that one look and `steps` of fitting make of a sound.
ictus::synthesis::EventSound single_event(const Stretch& stretch, int steps);
