// A trained model of events, as a file: what makes the sound of an event's 32 numbers.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "formats/blocks.hpp"
#include "formats/event.hpp"
#include "formats/quantise.hpp"
#include "lib/synthesis/event_sound.hpp"
#include "lib/synthesis/timbre.hpp"

namespace ictus::synthesis {

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

/// Throws ictus::Error with a remedy when the file is missing, cut short, damaged or no model of events.
std::shared_ptr<const EventModel> load_event_model(const std::string& path);

/// How its events are stored: each number in its own steps, or exactly.
formats::EventCoding coding_of(const EventModel& model, bool lossless);

}  // namespace ictus::synthesis
