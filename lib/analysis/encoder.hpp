// Samples to events, as a stream.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "formats/event.hpp"
#include "lib/analysis/encoder_settings.hpp"
#include "lib/analysis/proposal_network.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::analysis {

/// A long sound is cut into pieces of about a minute, at places that its samples alone tell; threads work on
/// pieces, and on the windows of one where there are fewer pieces than threads. Of each thread but one there
/// is a piece at most that waits in memory.
class Encoder {
 public:
  using Emit = std::function<void(const EventBlock&)>;
  /// Blocks come out through `emit` in their order, as soon as they are final, on threads of the encoder's,
  /// never two at a time.
  Encoder(std::shared_ptr<const synthesis::EventModel> model,
          std::shared_ptr<const ProposalNetwork> proposals, const EncoderSettings& settings, Emit emit);
  ~Encoder();
  /// Samples at the model's rate, channels side by side, any number of whole frames. Waits while there is
  /// enough to work on. Throws what `emit` threw; the encoder is of no use then.
  void push(std::span<const float> samples);
  /// Encodes what is left. Throws as push() does.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ictus::analysis
