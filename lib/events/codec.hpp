// The event codec as two streams: samples to events, events to samples.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>

#include "formats/event.hpp"
#include "formats/event_stream.hpp"

namespace ictus::events {

class LoadedModel;  ///< weights on a device, see lib/events/model_file.hpp

struct EncoderSettings {
  formats::EventCoding coding;  ///< see coding_of()
  int effort = 5;               ///< 0..9: time spent on refining the events, never bits
  /// Of the blocks of events, without the framing of the first: what every file has, however short, is not
  /// taken from the sound. A sound below a second may take what a second may. Where sound is audible there is
  /// an event, even if it takes more.
  double most_bits_per_second = std::numeric_limits<double>::infinity();
  double most_events_per_second = std::numeric_limits<double>::infinity();  ///< of each hop, and of the whole
};

/// The least amplitude that counts as audible, at a sound's loudest moment: -60 dBFS.
inline constexpr float kLeastAudible = 1e-3F;

/// Samples to events. Blocks come out through `emit` as soon as they are final.
class Encoder {
 public:
  using Emit = std::function<void(const EventBlock&)>;
  Encoder(std::shared_ptr<const LoadedModel> model, const EncoderSettings& settings, Emit emit);
  ~Encoder();
  /// Mono samples at the model's rate, any number.
  void push(std::span<const float> samples);
  /// Encodes what is left.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Events to samples. Sound comes out through `emit` as soon as it is final.
class Decoder {
 public:
  using Emit = std::function<void(std::span<const float>)>;
  Decoder(std::shared_ptr<const LoadedModel> model, Emit emit);
  ~Decoder();
  void push(const EventBlock& block);
  /// Renders what is left; the sound ends exactly at `length_samples` (padded or cut). Without a
  /// length (a damaged file) it ends where the last block ended.
  void finish(std::optional<std::uint64_t> length_samples);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ictus::events
