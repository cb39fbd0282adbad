// The events of a piece of a file, window by window. Where a file is cut in two, all that sounds is let go,
// and the next piece goes on with other events, so that neither has to wait for the other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "formats/event.hpp"
#include "lib/analysis/encoder_settings.hpp"
#include "lib/analysis/proposal_network.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::analysis {

/// The events that begin in a window's hop, of which a piece may have that many.
struct FoundHop {
  std::vector<Event> worthiest;  ///< the worthiest first
  std::int64_t end_samples = 0;
  bool is_due = false;  ///< it has audible sound, and there was no event before: there is to be one
};

/// Frames after a cut that the piece before it sees.
inline constexpr std::size_t kSeenAfterCut = 2048;

struct PieceStart {
  std::int64_t start_samples = 0;  ///< of the file
  /// kSeenBeforeCut frames, or nothing at the beginning of the file. All samples are at the model's rate,
  /// without rumble, channels side by side.
  std::vector<float> before;
  std::int64_t least_samples = 0;  ///< that it has, unless the file ends
};

/// Hops come out as soon as they are final.
class PieceEncoder {
 public:
  using Found = std::function<void(FoundHop&&)>;
  /// `threads` tells how many may work on a window; it is asked now and then.
  PieceEncoder(std::shared_ptr<const synthesis::EventModel> model,
               std::shared_ptr<const ProposalNetwork> proposals, const EncoderSettings& settings,
               const PieceStart& start, std::function<int()> threads, Found found);
  ~PieceEncoder();
  /// Any number of whole frames.
  void push(std::span<const float> samples);
  /// Encodes what is left. `after` are kSeenAfterCut frames, or nothing at the end of the file.
  void finish(std::span<const float> after);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ictus::analysis
