// The 32 numbers of an event: the first have names and units, the rest are its timbre, which a network knows.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "formats/event.hpp"
#include "formats/number_names.hpp"

namespace ictus::synthesis {

using ictus::kEventVectorSize;

/// A number of an event as people read it, and what it means.
struct NamedNumber : formats::StandardNumber {
  std::string_view meaning;
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
inline constexpr int kTimbreSteps =
    formats::kStandardSteps;  ///< values that a number of the timbre has in a file

inline constexpr std::array<NamedNumber, kNamedNumbers> kNumbers{{
    {formats::kStandardNumbers[kPitch], "frequency of the first partial, where a glide arrives"},
    {formats::kStandardNumbers[kBalance], "power of the partials against that of the noise"},
    {formats::kStandardNumbers[kGlide], "how far above its pitch the event begins"},
    {formats::kStandardNumbers[kGlideTime], "after which a glide has arrived"},
    {formats::kStandardNumbers[kVibrato], "how far the pitch swings to either side"},
    {formats::kStandardNumbers[kVibratoRate], "how often it swings"},
    {formats::kStandardNumbers[kVibratoPhase],
     "where in a swing the event begins; 0: upwards through the middle"},
    {formats::kStandardNumbers[kAttack], "in which the power of the partials rises"},
    {formats::kStandardNumbers[kHold], "until the event is let go"},
    {formats::kStandardNumbers[kDamping], "in which it dies away by 60 dB once it is let go"},
    {formats::kStandardNumbers[kDecay], "in which it dies away by 60 dB while it is held"},
    {formats::kStandardNumbers[kTilt], "how many times as long low partials ring as high ones"},
    {formats::kStandardNumbers[kInharmonicity], "B in f_h = h f_1 sqrt((1 + B h^2) / (1 + B))"},
    {formats::kStandardNumbers[kRoom], "power of the room's answer to a held sound"},
    {formats::kStandardNumbers[kRoomTime], "in which the room dies away by 60 dB"},
    {formats::kStandardNumbers[kPosition], "from left to right, at equal power"},
}};

}  // namespace ictus::synthesis
