// Samples to events, as a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <span>

#include "formats/event.hpp"
#include "formats/quantise.hpp"
#include "lib/analysis/proposal_network.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::analysis {

struct EncoderSettings {
  formats::EventCoding coding;  ///< see synthesis::event_coding()
  int channels = 1;             ///< or 2
  int threads = 1;              ///< that work together; the events do not depend on it
  int effort = 5;               ///< 0..9: time spent on refining the events, never bits
  /// Of the blocks of events, without the framing of the first: what every file has, however short, is not
  /// taken from the sound. A sound below a second may take what a second may. Where sound is audible there is
  /// an event, even if it takes more.
  double most_bits_per_second = std::numeric_limits<double>::infinity();
  double most_events_per_second = std::numeric_limits<double>::infinity();  ///< of each hop, and of the whole
};

/// The least amplitude that counts as audible, at a sound's loudest moment: -60 dBFS.
inline constexpr float kLeastAudible = 1e-3F;

/// Blocks come out through `emit` as soon as they are final.
class Encoder {
 public:
  using Emit = std::function<void(const EventBlock&)>;
  Encoder(std::shared_ptr<const synthesis::EventModel> model,
          std::shared_ptr<const ProposalNetwork> proposals, const EncoderSettings& settings, Emit emit);
  ~Encoder();
  /// Samples at the model's rate, channels side by side, any number of whole frames.
  void push(std::span<const float> samples);
  /// Encodes what is left.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ictus::analysis
