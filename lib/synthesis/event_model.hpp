// A trained model of events, as a file: what makes the sound of an event's 32 numbers.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "formats/blocks.hpp"
#include "formats/event.hpp"
#include "formats/event_stream.hpp"
#include "formats/quantise.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::synthesis {

/// What to do where a file is no model.
inline constexpr const char* kModelRemedy =
    "name an event model with --model, or reinstall the one that came with ictus";

struct EventModel {
  std::string id;  ///< human-readable, "events-4"
  formats::WeightsHash hash{};
  std::size_t file_bytes = 0;
  std::map<std::string, std::string> metadata;
  TimbreNetwork timbre;

  static constexpr int kSampleRateHz = 44100;  ///< of onsets and of the decoded sound

  /// What an event sounds like; EventSound::onset_s is 0.
  [[nodiscard]] EventSound sound_of(const Event& event) const {
    return timbre.sound_of(event.vector, event.gain_db);
  }
};

/// Of the bytes of a whole file; `name` is used in error messages only. Throws ictus::Error with a remedy
/// where they are cut short, damaged or no model of events.
std::shared_ptr<const EventModel> event_model_from(std::span<const std::byte> bytes, const std::string& name);

/// How events are stored: each number in its own steps, or exactly.
formats::EventCoding event_coding(bool lossless);

/// Of a stream of its events, in one channel until said otherwise: what belongs to the model.
[[nodiscard]] formats::EventStreamHeader header_for(const EventModel& model, bool lossless);

}  // namespace ictus::synthesis
