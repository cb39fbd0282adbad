// One event by itself, as sound.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lib/synthesis/event_model.hpp"
#include "lib/synthesis/synthesizer.hpp"

namespace ictus::synthesis {

/// The samples of an event from its onset on, `channels` (1 or 2) side by side, in pieces of any length. They
/// end where its power stays `audible_db` below its loudest moment, after `most_seconds` at the latest, and
/// are faded out over the last 20 ms. They are the same wherever the event lies in its stream.
class Solo {
 public:
  Solo(const EventSound& sound, int channels, double audible_db, double most_seconds);

  /// Of each channel; at least 1.
  [[nodiscard]] std::int64_t length_samples() const { return length_samples_; }
  /// The next samples, `count` of each channel or as many as are left; they stay until the next call.
  std::span<const float> render(std::int64_t count);

 private:
  std::int64_t length_samples_;
  std::int64_t fade_samples_;
  std::int64_t next_samples_ = 0;  ///< how many were returned, of each channel
  std::size_t channels_;
  Synthesizer synthesizer_;
  std::vector<float> waiting_;  ///< rendered and not returned yet
  std::vector<float> piece_;
};

/// All of it.
std::vector<float> render_solo(const EventModel& model, const Event& event, int channels, double audible_db,
                               double most_seconds);

}  // namespace ictus::synthesis
