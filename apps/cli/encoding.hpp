// Sound to streams, as far as it is the same for every codec: reading, telling, warning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "apps/cli/jobs.hpp"
#include "apps/cli/stream_tags.hpp"
#include "apps/cli/streams.hpp"
#include "apps/cli/text.hpp"
#include "apps/options/options.hpp"
#include "formats/blocks.hpp"
#include "lib/audio/audio.hpp"

namespace ictus::cli {

/// Makes the stream of one sound.
class StreamMaker {
 public:
  virtual ~StreamMaker() = default;
  /// Whole frames of the source's channels, side by side, at the codec's rate.
  virtual void push(std::span<const float> samples) = 0;
  /// Frames at the codec's rate and at the original's.
  virtual void finish(std::uint64_t frames, std::uint64_t original_frames) = 0;
  /// After finish(): whether the stream decodes to silence.
  [[nodiscard]] virtual bool is_silent() const = 0;
  /// What has been written: events, clips and the like, and bytes.
  [[nodiscard]] virtual Counts counts() const = 0;
  [[nodiscard]] virtual std::uint64_t bytes() const = 0;
};

/// Told of the frames that the stream holds so far, by one thread or another.
using CodedFrames = std::function<void(std::uint64_t frames)>;

/// What a codec wants to hear, and how it makes a stream of it.
struct Encoding {
  int sample_rate_hz = 0;
  int most_channels = 1;
  /// The least peak that counts as sound when a stream is silent: -60 dBFS.
  float least_audible = 1e-3F;
  std::function<std::unique_ptr<StreamMaker>(const audio::Source& source, formats::ByteSink sink,
                                             CodedFrames coded)>
      begin;
};

/// What the header of any stream says of the sound that it is made of.
template <typename Header>
void describe_source(Header& header, const audio::Source& source, const options::EncodeOptions& options) {
  header.original_sample_rate_hz = static_cast<std::uint32_t>(source.original_spec().sample_rate_hz);
  header.original_channels = static_cast<std::uint16_t>(source.original_spec().channels);
  header.tags = stream_tags(source.tags(), options.tags).tags;
}

/// The inputs with their outputs: all, or those of one shard.
[[nodiscard]] std::vector<Job> encode_jobs(const options::EncodeOptions& options, const Streams& streams);

/// At most so many of them there are.
[[nodiscard]] std::size_t tasks_of(const options::EncodeOptions& options);

/// Encodes all inputs. Returns the exit status. `load` gives the codec, once the command line is known to be
/// right; `begin` is called by several threads.
int encode(const options::EncodeOptions& options, const std::function<Encoding()>& load,
           const Streams& streams);

}  // namespace ictus::cli
