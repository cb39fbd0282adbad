// The events of a stream that are heard as notes, as a MIDI file.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "lib/synthesis/describe.hpp"

namespace ictus::player {

/// The MIDI number of the nearest note; nothing where there is no pitch or none from 0 to 127.
[[nodiscard]] std::optional<int> midi_pitch(double pitch_hz);

/// The bytes of a MIDI file of those of these events, in order of onset, that are heard as notes, the loudest
/// at full velocity; empty where none has a pitch. With `bends` the wheel follows their pitches.
[[nodiscard]] std::string midi_of(const synthesis::EventModel& model, std::span<const Event> events,
                                  double sample_rate_hz, std::string_view title, bool bends);

}  // namespace ictus::player
