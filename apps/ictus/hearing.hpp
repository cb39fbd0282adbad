// What events sound like, for commands that need the model for nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "apps/cli/event_models.hpp"
#include "lib/synthesis/describe.hpp"

namespace ictus::front {

/// The sound of events in order, ending at `length_samples`: of two channels the mean, as a recording is
/// mixed that is put beside it.
[[nodiscard]] std::vector<float> decode_mono(const cli::EventModel& model, std::span<const Event> events,
                                             int channels, std::uint64_t length_samples);

/// "A4" for 440 Hz: the nearest note of the equally tempered scale; empty where there is no pitch or no note.
[[nodiscard]] std::string note_name(double pitch_hz);

/// Of each tag that is a title; names of tags are the same in capitals and in small letters.
[[nodiscard]] std::string title_of(const formats::EventStreamHeader& header);

}  // namespace ictus::front
