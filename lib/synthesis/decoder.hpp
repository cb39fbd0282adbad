// Events to samples, as a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "formats/event.hpp"
#include "lib/core/exact_length.hpp"
#include "lib/synthesis/event_model.hpp"
#include "lib/synthesis/synthesizer.hpp"

namespace ictus::synthesis {

/// Sound comes out through `emit` as soon as it is final; the samples are the same however events come in
/// blocks.
class Decoder {
 public:
  /// Samples of `channels`, 1 or 2, side by side.
  using Emit = std::function<void(std::span<const float>)>;
  Decoder(std::shared_ptr<const EventModel> model, int channels, Emit emit);
  /// Throws ictus::Error for an event that begins before one that was there first, or before the end of an
  /// earlier block.
  void push(const EventBlock& block);
  /// Renders what is left; the sound ends exactly at `length_samples` of each channel (padded or cut).
  /// Without a length (a damaged file) it ends where the last block ended.
  void finish(std::optional<std::uint64_t> length_samples);

 private:
  /// Says that no event will begin before, and hands on what is final by that.
  void render_until(std::int64_t end_samples);

  std::shared_ptr<const EventModel> model_;
  ExactLength sound_;  ///< in numbers, of all channels
  int channels_;
  Synthesizer synthesizer_;
  std::int64_t rendered_samples_ = 0;
  std::int64_t end_samples_ = 0;  ///< of the blocks so far
};

}  // namespace ictus::synthesis
