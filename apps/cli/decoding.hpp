// Streams to sound, as far as it is the same for every codec: formats, lengths, telling, warning.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "apps/cli/stream_input.hpp"
#include "apps/cli/streams.hpp"
#include "apps/cli/text.hpp"
#include "apps/options/options.hpp"

namespace ictus::cli {

/// Takes whole frames, channels side by side.
using TakeSound = std::function<void(std::span<const float>)>;

/// Makes the sound of one stream.
class StreamPlayer {
 public:
  virtual ~StreamPlayer() = default;
  /// Of the sound, 1 or 2.
  [[nodiscard]] virtual int channels() const { return 1; }
  /// Decodes all that the stream holds, and counts it. Throws DamagedInput after what comes before the
  /// damage.
  virtual void play(Counts& counts) = 0;
  /// Renders what is left; the sound ends at `length_samples` if that is known, else where the last block
  /// did.
  virtual void finish(std::optional<std::uint64_t> length_samples) = 0;
};

/// Begins to play a stream of either codec. Throws ictus::Error when the options are not for it, or its model
/// is not at hand.
using Play = std::function<std::unique_ptr<StreamPlayer>(StreamInput& input, TakeSound take)>;

/// Decodes all inputs, each to a file of its own. Returns the exit status. `play` is called by several
/// threads.
int decode(const options::DecodeOptions& options, const Play& play, const Streams& streams);

}  // namespace ictus::cli
