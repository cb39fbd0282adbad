// The 32 numbers of an event: the first have names and units, the rest are its timbre, which a network knows.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/event.hpp"

namespace ictus::synthesis {

using ictus::kEventVectorSize;

/// A number of an event as people read it. In a vector it runs from -1, `low`, to 1, `high`.
struct NamedNumber {
  std::string_view name;
  std::string_view unit;  ///< empty where it has none
  float low;
  float high;
  bool is_ratio;  ///< equal steps are equal ratios
  int steps;      ///< how many values it has in a file
  std::string_view meaning;

  [[nodiscard]] float value_of(float number) const {
    const float part = 0.5F * (number + 1.0F);
    return is_ratio ? low * std::pow(high / low, part) : low + part * (high - low);
  }
  [[nodiscard]] float number_of(float value) const {
    return is_ratio ? 2.0F * std::log(value / low) / std::log(high / low) - 1.0F
                    : 2.0F * (value - low) / (high - low) - 1.0F;
  }
};

/// Places of the named numbers in a vector.
enum NumberPlace : std::size_t {
  kPitch,
  kBalance,
  kGlide,
  kGlideTime,
  kVibrato,
  kVibratoRate,
  kVibratoPhase,
  kAttack,
  kHold,
  kDamping,
  kDecay,
  kTilt,
  kInharmonicity,
  kRoom,
  kRoomTime,
  kPosition,
  kNamedNumbers,
};
inline constexpr std::size_t kTimbreNumbers = kEventVectorSize - kNamedNumbers;
inline constexpr int kTimbreSteps = 31;  ///< values that a number of the timbre has in a file

inline constexpr std::array<NamedNumber, kNamedNumbers> kNumbers{{
    {"pitch", "Hz", 25.0F, 10500.0F, true, 2093, "frequency of the first partial, where a glide arrives"},
    {"balance", "dB", -40.0F, 60.0F, false, 51, "power of the partials against that of the noise"},
    {"glide", "semitones", -14.0F, 14.0F, false, 281, "how far above its pitch the event begins"},
    {"glide_time", "s", 0.02F, 3.0F, true, 51, "after which a glide has arrived"},
    {"vibrato", "semitones", 0.0F, 2.0F, false, 41, "how far the pitch swings to either side"},
    {"vibrato_rate", "Hz", 3.0F, 9.0F, true, 221, "how often it swings"},
    {"vibrato_phase", "turns", -0.5F, 0.5F, false, 33,
     "where in a swing the event begins; 0: upwards through the middle"},
    {"attack", "s", 0.001F, 1.0F, true, 41, "in which the power of the partials rises"},
    {"hold", "s", 0.02F, 12.0F, true, 129, "until the event is let go"},
    {"damping", "s", 0.005F, 3.0F, true, 31, "in which it dies away by 60 dB once it is let go"},
    {"decay", "s", 0.03F, 500.0F, true, 81, "in which it dies away by 60 dB while it is held"},
    {"tilt", "", 0.03125F, 32.0F, true, 31, "how many times as long low partials ring as high ones"},
    {"inharmonicity", "", 1e-6F, 3e-3F, true, 41, "B in f_h = h f_1 sqrt((1 + B h^2) / (1 + B))"},
    {"room", "dB", -60.0F, 0.0F, false, 31, "power of the room's answer to a held sound"},
    {"room_time", "s", 0.1F, 6.0F, true, 21, "in which the room dies away by 60 dB"},
    {"position", "", -1.0F, 1.0F, false, 41, "from left to right, at equal power"},
}};

/// How many values each number of a vector has in a file.
inline constexpr std::array<std::uint16_t, kEventVectorSize> vector_steps() {
  std::array<std::uint16_t, kEventVectorSize> steps{};
  for (std::size_t place = 0; place < steps.size(); ++place)
    steps[place] = static_cast<std::uint16_t>(place < kNamedNumbers ? kNumbers[place].steps : kTimbreSteps);
  return steps;
}

}  // namespace ictus::synthesis
