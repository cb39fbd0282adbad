#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "apps/cli/output_file.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/ictus-nn/coding.hpp"
#include "apps/ictus-nn/network.hpp"
#include "apps/ictus-nn/stream_tags.hpp"
#include "formats/event_stream.hpp"
#include "formats/token_pyramid.hpp"
#include "lib/audio/audio.hpp"
#include "lib/core/memory.hpp"
#include "lib/events/codec.hpp"
#include "lib/mars/codec.hpp"

namespace ictus::network {
namespace {

/// Samples that are read at a time: short enough for sound to come through a pipe while it is made.
constexpr std::size_t kBlockSamples = 4096;

/// What streams of either codec say of the sound and of the model.
template <typename Header, typename Loaded>
Header header_for(const audio::Source& source, const Loaded& model, const options::EncodeOptions& options) {
  Header header;
  header.sample_rate_hz = static_cast<std::uint32_t>(sample_rate_hz(model));
  header.original_sample_rate_hz = static_cast<std::uint32_t>(source.original_spec().sample_rate_hz);
  header.original_channels = static_cast<std::uint16_t>(source.original_spec().channels);
  header.model_id = model_id(model);
  header.weights_hash = weights_hash(model);
  header.tags = stream_tags(source.tags(), options.tags).tags;
  return header;
}

/// Samples to an event stream.
class EventMaker {
 public:
  using Model = EventModel;

  EventMaker(const Model& model, const options::EncodeOptions& options, const audio::Source& source,
             formats::ByteSink sink)
      : writer_(header(model, options, source), std::move(sink)),
        encoder_(model, settings(model, options), [this](const EventBlock& block) {
          writer_.write(block);
          events_ += block.events.size();
        }) {}

  void push(std::span<const float> samples) { encoder_.push(samples); }
  void finish(std::uint64_t samples, std::uint64_t original_samples) {
    encoder_.finish();
    writer_.finish({.length_samples = samples, .original_length_samples = original_samples});
  }
  [[nodiscard]] bool is_silent() const { return events_ == 0; }
  [[nodiscard]] cli::Counts counts() const { return {{"event", events_}}; }
  [[nodiscard]] std::uint64_t bytes() const { return writer_.bytes_written(); }

 private:
  static events::EncoderSettings settings(const Model& model, const options::EncodeOptions& options) {
    events::EncoderSettings made{.coding = events::coding_of(*model, options.lossless),
                                 .effort = options.effort};
    if (options.bitrate_kbit_s) made.most_bits_per_second = 1000.0 * *options.bitrate_kbit_s;
    if (options.events_per_second) made.most_events_per_second = *options.events_per_second;
    return made;
  }
  static formats::EventStreamHeader header(const Model& model, const options::EncodeOptions& options,
                                           const audio::Source& source) {
    auto header = header_for<formats::EventStreamHeader>(source, *model, options);
    header.coding = events::coding_of(*model, options.lossless);
    return header;
  }

  formats::EventStreamWriter writer_;
  std::uint64_t events_ = 0;
  events::Encoder encoder_;
};

/// Samples to a token pyramid.
class PyramidMaker {
 public:
  using Model = Tokenizer;

  PyramidMaker(const Model& model, const options::EncodeOptions& options, const audio::Source& source,
               formats::ByteSink sink)
      : writer_(header(model, options, source), std::move(sink)),
        encoder_(model, {.effort = options.effort}, [this](const formats::TokenClip& clip) {
          writer_.write(clip);
          ++clips_;
          for (const auto& tokens : clip.scales) tokens_ += tokens.size();
        }) {}

  void push(std::span<const float> samples) { encoder_.push(samples); }
  void finish(std::uint64_t samples, std::uint64_t original_samples) {
    encoder_.finish();
    writer_.finish({.length_samples = samples, .original_length_samples = original_samples});
  }
  /// Tokens always make some sound.
  [[nodiscard]] static bool is_silent() { return false; }
  [[nodiscard]] cli::Counts counts() const { return {{"clip", clips_}, {"token", tokens_}}; }
  [[nodiscard]] std::uint64_t bytes() const { return writer_.bytes_written(); }

 private:
  static formats::TokenPyramidHeader header(const Model& model, const options::EncodeOptions& options,
                                            const audio::Source& source) {
    auto header = header_for<formats::TokenPyramidHeader>(source, *model, options);
    header.shape = shape(*model);
    header.full_scale_centibels = mars::full_scale_centibels(*model);
    return header;
  }

  formats::TokenPyramidWriter writer_;
  std::uint64_t clips_ = 0;
  std::uint64_t tokens_ = 0;
  mars::Encoder encoder_;
};

/// Hands the whole source to `take`, block by block; damage at its end is returned.
std::optional<DamagedInput> drain(audio::Source& source,
                                  const std::function<void(std::span<const float>)>& take) {
  std::vector<float> block(kBlockSamples);
  try {
    while (const std::size_t count = source.read(block)) take(std::span(block).first(count));
  } catch (const DamagedInput& damage) {
    return damage;
  }
  return std::nullopt;
}

std::optional<double> part_read(const audio::Source& source) {
  const auto expected = source.expected_frames();
  if (!expected || *expected == 0) return std::nullopt;
  return std::min(1.0, static_cast<double>(source.original_frames()) / static_cast<double>(*expected));
}

/// Whether audible sound becomes silence, and why; empty: it does not.
std::string silence_warning(float peak, float heard_peak, bool is_silent, int rate_hz) {
  if (peak < events::kLeastAudible) return {};
  const double peak_db = 20.0 * std::log10(static_cast<double>(peak));
  if (heard_peak < events::kLeastAudible) {
    return fmt::format(
        "all that is loud in its sound, which has peaks of {:.0f} dBFS, lies above the {} Hz that the model "
        "hears: it decodes to silence",
        peak_db, rate_hz / 2);
  }
  if (!is_silent) return {};
  return fmt::format(
      "no event came of its sound, which has peaks of {:.0f} dBFS: it decodes to silence; --codec mars "
      "keeps what events cannot",
      peak_db);
}

template <typename Maker>
Coded encode_job(const cli::Job& job, const options::EncodeOptions& options,
                 const typename Maker::Model& model, const cli::Streams& streams, JobProgress& progress) {
  const int rate_hz = sample_rate_hz(*model);
  const std::unique_ptr<audio::Source> source = audio::Source::open(job.input, rate_hz, options.raw);
  cli::OutputFile output(job.output, options.output.force, streams);
  Maker maker(model, options, *source, [&output](std::span<const std::byte> bytes) { output.write(bytes); });

  Coded coded;
  std::uint64_t samples = 0;
  float heard_peak = 0.0F;
  coded.damage = drain(*source, [&](std::span<const float> block) {
    maker.push(block);
    for (const float sample : block) heard_peak = std::max(heard_peak, std::abs(sample));
    samples += block.size();
    progress.update(static_cast<double>(samples) / rate_hz, part_read(*source));
  });
  maker.finish(samples, source->original_frames());
  output.commit();

  coded.duration_s = static_cast<double>(samples) / rate_hz;
  coded.counts = maker.counts();
  coded.stream_bytes = maker.bytes();
  coded.warnings = stream_tags(source->tags(), options.tags).warnings;
  for (std::string& remark : source->remarks()) coded.warnings.push_back(std::move(remark));
  std::string silence = silence_warning(source->peak(), heard_peak, maker.is_silent(), rate_hz);
  if (!silence.empty()) coded.warnings.push_back(std::move(silence));
  if (const std::uint64_t count = source->non_finite_samples(); count > 0) {
    coded.warnings.push_back(
        fmt::format("{} no finite numbers and became silence",
                    count == 1 ? "1 sample was" : fmt::format("{} samples were", count)));
  }
  return coded;
}

template <typename Maker>
int encode_all(const std::vector<cli::Job>& jobs, const options::EncodeOptions& options,
               const typename Maker::Model& model, const cli::Streams& streams) {
  return run_coding(jobs, options.output.force, options.threads, options.talk, streams,
                    [&](const cli::Job& job, JobProgress& progress) {
                      return encode_job<Maker>(job, options, model, streams, progress);
                    });
}

}  // namespace

int encode(const options::EncodeOptions& options, const cli::Streams& streams) {
  keep_freed_memory();
  const auto jobs = cli::plan_jobs(options.inputs, options.output, options.talk,
                                   {cli::InputKind::sound, options::suffix_of(options.codec)}, streams);
  if (options.codec == options::Codec::mars) {
    return encode_all<PyramidMaker>(jobs, options, load_tokenizer(options.network), streams);
  }
  return encode_all<EventMaker>(jobs, options, load_event_model(options.network), streams);
}

}  // namespace ictus::network
