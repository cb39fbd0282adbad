// Sound whose sample rate and channels may change on its way, as files that were joined have it, at those of
// its beginning.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/audio/frame_reader.hpp"

namespace ictus::audio {

/// Frames of one rate and channel count.
struct SoundBlock {
  AudioSpec spec;
  std::vector<float> interleaved;
};

/// Blocks of a packed format.
class SoundBlocks {
 public:
  virtual ~SoundBlocks() = default;
  /// Replaces `block`; false at the end.
  virtual bool next(SoundBlock& block) = 0;
  /// Of the beginning.
  [[nodiscard]] virtual AudioSpec spec() const = 0;
  [[nodiscard]] virtual Speakers speakers() const = 0;
  [[nodiscard]] virtual Tags tags() const = 0;
  /// After the end: what is missing or damaged, to follow the input's name ("is cut short").
  [[nodiscard]] virtual std::vector<std::string> faults() const = 0;
  /// As in FrameReader.
  [[nodiscard]] virtual std::vector<std::string> remarks() const { return {}; }
};

/// What a reader of a packed format is made of.
class BlockReader : public SoundBlocks {
 public:
  [[nodiscard]] virtual std::optional<std::uint64_t> expected_frames() const = 0;
};

/// Blocks of another rate are resampled; with other channels, mono goes to all channels, and anything else
/// is mixed to mono first.
std::unique_ptr<FrameReader> make_uniform(std::unique_ptr<BlockReader> blocks, const std::string& name);

}  // namespace ictus::audio
