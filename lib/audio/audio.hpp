// Sound in and out: files and pipes, any rate and channel count, as blocks of float samples of one
// channel or of left and right.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace ictus::audio {

struct AudioSpec {
  int sample_rate_hz = 0;
  int channels = 0;
};

enum class RawEncoding { s16le, s24le, s32le, f32le, u8 };

/// A full description of raw PCM; nothing is ever guessed.
struct RawFormat {
  AudioSpec spec;
  RawEncoding encoding = RawEncoding::s16le;
};

using Tags = std::vector<std::pair<std::string, std::string>>;

/// Sound that is read from a file or from a pipe, brought to a wanted rate and to one or two channels, in
/// blocks.
class Source {
 public:
  virtual ~Source() = default;
  /// Opens `path` ("-" is standard input) and resamples to `sample_rate_hz`, with at most
  /// `most_channels` (1 or 2) channels. Sound of one channel has one, of more than wanted is mixed as
  /// channel_mix.hpp has it.
  /// Throws ictus::Error: no such file, not audio, empty file, no samples, unusable rate or channels.
  ///
  /// n frames at rate r become ceil(n * sample_rate_hz / r) samples. From a pipe, PCM (raw, in WAV, W64,
  /// AIFF, AU or CAF) is delivered as it arrives; other formats need to seek and are first copied whole into
  /// a temporary file in $TMPDIR (else /var/tmp).
  static std::unique_ptr<Source> open(const std::string& path, int sample_rate_hz,
                                      const std::optional<RawFormat>& raw = std::nullopt,
                                      int most_channels = 1);
  /// How many channels come out, 1 or 2.
  [[nodiscard]] virtual int channels() const = 0;
  /// Fills `block`, room for whole frames of channels() samples side by side, or its front if the end comes
  /// first; returns the count of samples, 0 at the end. Non-finite
  /// samples (and those beyond 1e30) become 0 and are counted. How the input is read in blocks does not
  /// change the samples. Throws ictus::DamagedInput once all that could be read has been delivered when the
  /// input held less than its header promised (a file cut short).
  virtual std::size_t read(std::span<float> block) = 0;
  [[nodiscard]] virtual AudioSpec original_spec() const = 0;
  /// Frames read so far (which may be ahead of what was delivered) at the original rate; after the end, the
  /// exact original length.
  [[nodiscard]] virtual std::uint64_t original_frames() const = 0;
  /// Frames at the original rate if the header or the size of the file says so credibly.
  [[nodiscard]] virtual std::optional<std::uint64_t> expected_frames() const = 0;
  [[nodiscard]] virtual std::uint64_t non_finite_samples() const = 0;
  /// The largest amplitude so far, of the mix before it is resampled.
  [[nodiscard]] virtual float peak() const = 0;
  [[nodiscard]] virtual Tags tags() const = 0;
  /// After the end: what was mended or ignored in the input, and what the mix of channels lost; a sentence
  /// each, without a full stop.
  [[nodiscard]] virtual std::vector<std::string> remarks() const = 0;
};

enum class SampleFormat { pcm16, pcm24, float32 };
enum class Container { wav, raw };

struct SinkFormat {
  Container container = Container::wav;
  /// pcm16 is dithered (TPDF, a fixed seed for each channel) except where samples are exactly 0.
  SampleFormat samples = SampleFormat::pcm16;
  int sample_rate_hz = 0;  ///< of the output; resampled from the input rate if different
  int channels = 1;        ///< of input and output: 1, or 2 for left and right
};

/// The names of the tags that a WAV file's INFO list has none for, in lower case, each once.
[[nodiscard]] std::vector<std::string> tags_left_out(const Tags& tags);

/// Sound that is written to a file or to a pipe.
class Sink {
 public:
  virtual ~Sink() = default;
  /// `fd` is an open descriptor; a seekable one gets exact sizes in its header at finish() (RF64
  /// beyond 4 GiB), a pipe gets the unknown length 0xFFFFFFFF. Does not close it. `tags` go into a
  /// WAV file's INFO list as far as that has names for them; see tags_left_out().
  ///
  /// Here and in the other functions, what cannot be written throws ictus::Error with `display_name` and
  /// the system's reason. A closed pipe is such an error only where SIGPIPE is ignored.
  static std::unique_ptr<Sink> open(int fd, const std::string& display_name, int input_rate_hz,
                                    const SinkFormat& format, const Tags& tags = {});
  /// Samples at the input rate: whole frames, channels side by side.
  virtual void write(std::span<const float> block) = 0;
  /// Flushes the resampler and completes the header. `exact_frames`, when given, is the number of
  /// frames the output must have: a resampler's last frames are trimmed, silence is added. Samples
  /// that are written already cannot be taken back: that is a std::logic_error. Without it, n frames
  /// become ceil(n * output rate / input rate).
  virtual void finish(std::optional<std::uint64_t> exact_frames = std::nullopt) = 0;
  /// Samples that were beyond full scale and were limited to it (integer formats only).
  [[nodiscard]] virtual std::uint64_t clipped_samples() const = 0;
};

}  // namespace ictus::audio
