// The events that still sound: placed in time, shaped by the decoder, dropped when they have died.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/event.hpp"
#include "models/events/model.hpp"

namespace ictus::events {

class ActiveEvents {
 public:
  explicit ActiveEvents(models::EventModel& model) : model_(model) {}

  void add(const std::vector<Event>& events);
  /// Forgets the events that are 90 dB down, or 30 s old, at `position_samples`.
  void drop_dead(std::int64_t position_samples);
  /// Power of all of them in `frames` frames, the first centred at `first_samples`.
  [[nodiscard]] torch::Tensor fine(std::int64_t first_samples, std::int64_t frames);
  [[nodiscard]] models::PowerMaps both(std::int64_t first_samples, std::int64_t frames);

 private:
  [[nodiscard]] torch::Tensor relative_onsets(std::int64_t first_samples) const;  // [1, E]

  models::EventModel& model_;
  models::EventShape shape_;  // [1, E, ...]
  torch::Tensor gain_;        // [1, E] linear power
  std::vector<std::int64_t> onset_samples_;
  std::vector<std::int64_t> end_samples_;
};

/// Vectors [1, E, 32] of events, on a device.
torch::Tensor vectors_of(const std::vector<Event>& events, const torch::Device& device);
/// Linear powers [1, E] of events, on a device.
torch::Tensor gains_of(const std::vector<Event>& events, const torch::Device& device);

}  // namespace ictus::events
