#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <future>

#include "apps/cli/output_file.hpp"
#include "apps/cli/stream_input.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/ictus-nn/coding.hpp"
#include "apps/ictus-nn/network.hpp"
#include "apps/ictus-nn/stream_tags.hpp"
#include "lib/audio/audio.hpp"
#include "lib/events/codec.hpp"
#include "lib/mars/codec.hpp"

namespace ictus::network {
namespace {

/// The weights of each codec, loaded when the first stream needs them. Only the streams say which are needed,
/// and a pipe says so when it comes.
class Models {
 public:
  explicit Models(const options::NetworkOptions& options)
      : event_models_(options),
        tokenizer_(std::async(std::launch::deferred, load_tokenizer, options).share()) {}

  // A future may be shared by threads as long as each has its own copy of it.
  [[nodiscard]] EventModel of(const formats::EventStreamReader& reader) {
    return event_models_.made({reader.header().model_id, reader.header().weights_hash});
  }
  [[nodiscard]] Tokenizer of(const formats::TokenPyramidReader&) {
    return std::shared_future(tokenizer_).get();
  }

 private:
  EventModels event_models_;
  std::shared_future<Tokenizer> tokenizer_;
};

template <typename Header>
audio::SinkFormat sink_format(const options::DecodeOptions& options, const Header& header) {
  audio::SinkFormat format;
  format.container = options.raw ? audio::Container::raw : audio::Container::wav;
  format.samples = options.samples;
  format.sample_rate_hz =
      static_cast<int>(options.original_rate ? header.original_sample_rate_hz : header.sample_rate_hz);
  if (options.rate_hz) format.sample_rate_hz = *options.rate_hz;
  return format;
}

/// How many frames the output has at its own rate; at the original's, exactly as many as that had.
template <typename Reader>
std::optional<std::uint64_t> exact_frames(const Reader& reader, int output_rate_hz) {
  const auto& header = reader.header();
  const auto& totals = reader.totals();
  if (!totals) return std::nullopt;
  const auto rate_hz = static_cast<std::uint32_t>(output_rate_hz);
  if (rate_hz == header.sample_rate_hz) return totals->length_samples;
  if (rate_hz == header.original_sample_rate_hz) return totals->original_length_samples;
  const double ratio = static_cast<double>(rate_hz) / static_cast<double>(header.sample_rate_hz);
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(totals->length_samples) * ratio));
}

// --- What differs between the codecs -----------------------------------------------------------------

using TakeSound = std::function<void(std::span<const float>)>;

/// Throws ictus::Error when the options are not for this stream.
void check_options(const cli::StreamInput& input, const formats::EventStreamReader&,
                   const options::DecodeOptions& options) {
  if (options.scales) input.require(options::Codec::mars, "--scales");
}

/// Leaves those of the block's events that were asked for; `first` is the number of its first.
void choose(EventBlock& block, const options::EventChoice& choice, std::uint64_t first) {
  std::vector<Event> chosen;
  for (std::size_t i = 0; i < block.events.size(); ++i) {
    if (choice.holds(first + i)) chosen.push_back(block.events[i]);
  }
  block.events = std::move(chosen);
}

void check_options(const cli::StreamInput& input, const formats::TokenPyramidReader& reader,
                   const options::DecodeOptions& options) {
  if (options.events) input.require(options::Codec::events, "--events");
  const std::size_t scales = reader.header().shape.scales.size();
  if (!options.scales || static_cast<std::size_t>(*options.scales) <= scales) return;
  throw Error(
      fmt::format("{}: has {}, fewer than --scales asks for", input.name(), cli::counted(scales, "scale")),
      "leave it out to decode all");
}

events::Decoder decoder_of(const EventModel& model, const formats::EventStreamReader&,
                           const options::DecodeOptions&, TakeSound take) {
  return {model, std::move(take)};
}

mars::Decoder decoder_of(const Tokenizer& model, const formats::TokenPyramidReader& reader,
                         const options::DecodeOptions& options, TakeSound take) {
  if (reader.header().shape != mars::shape(*model)) {
    throw Error("its pyramids have another shape than those of the weights that it names",
                "get the file again from where it came");
  }
  return {model, {.scales = options.scales}, std::move(take)};
}

/// Decodes all that the stream holds, and counts it. Throws DamagedInput after what comes before the damage.
void play(formats::EventStreamReader& reader, events::Decoder& decoder, const options::DecodeOptions& options,
          cli::Counts& counts) {
  counts = {{"event", 0}};
  std::uint64_t seen = 0;
  while (auto block = reader.next()) {
    const std::uint64_t first = seen;
    seen += block->events.size();
    if (options.events) choose(*block, *options.events, first);
    counts[0].second += block->events.size();
    decoder.push(*block);
  }
  if (options.events && counts[0].second == 0) refuse_choice(seen);
}

void play(formats::TokenPyramidReader& reader, mars::Decoder& decoder, const options::DecodeOptions&,
          cli::Counts& counts) {
  counts = {{"clip", 0}, {"token", 0}};
  const auto push = [&](const formats::TokenClip& clip) {
    ++counts[0].second;
    for (const auto& tokens : clip.scales) counts[1].second += tokens.size();
    decoder.push(clip);
  };
  try {
    while (const auto clip = reader.next()) push(*clip);
  } catch (const DamagedInput&) {
    if (reader.unfinished()) push(*reader.unfinished());
    throw;
  }
}

// --- What is the same ----------------------------------------------------------------------------------

template <typename Reader>
Coded decode_stream(cli::StreamInput& input, Reader& reader, const cli::Job& job,
                    const options::DecodeOptions& options, Models& models, const cli::Streams& streams,
                    JobProgress& progress) {
  check_options(input, reader, options);
  const auto model = models.of(reader);
  const auto& header = reader.header();
  require_same_weights(input.name(), header, *model);
  const audio::SinkFormat format = sink_format(options, header);
  const double rate_hz = header.sample_rate_hz;

  cli::OutputFile output(job.output, options.output.force, streams);
  const std::unique_ptr<audio::Sink> sink = audio::Sink::open(
      output.fd(), output.name(), static_cast<int>(header.sample_rate_hz), format, header.tags);
  std::uint64_t samples = 0;
  auto decoder = decoder_of(model, reader, options, [&](std::span<const float> block) {
    sink->write(block);
    samples += block.size();
    progress.update(static_cast<double>(samples) / rate_hz, input.part_read());
  });

  Coded coded;
  try {
    play(reader, decoder, options, coded.counts);
  } catch (const DamagedInput& damage) {
    coded.damage = damage;
  }
  const auto& totals = reader.totals();
  decoder.finish(totals ? std::optional(totals->length_samples) : std::nullopt);
  if (coded.damage && samples == 0) throw Error(coded.damage->what(), "there is nothing in it to keep");
  sink->finish(exact_frames(reader, format.sample_rate_hz));
  output.commit();

  coded.duration_s = static_cast<double>(samples) / rate_hz;
  coded.stream_bytes = reader.bytes_read();
  const std::vector<std::string> left_out = audio::tags_left_out(header.tags);
  if (!options.raw && !left_out.empty()) {
    coded.warnings.push_back(fmt::format(
        "a WAV file has no place for {}; the stream keeps {}, and 'ictus info' tells {}", tag_names(left_out),
        left_out.size() == 1 ? "it" : "them", left_out.size() == 1 ? "it" : "them"));
  }
  if (const std::uint64_t count = sink->clipped_samples(); count > 0) {
    coded.warnings.push_back(
        fmt::format("{} beyond full scale and limited to it; --samples float32 keeps all",
                    count == 1 ? "1 sample was" : fmt::format("{} samples were", count)));
  }
  return coded;
}

}  // namespace

int decode(const options::DecodeOptions& options, const cli::Streams& streams) {
  if (options.stems_folder) return decode_stems(options, streams);
  const auto jobs = cli::plan_jobs(options.inputs, options.output, options.talk,
                                   {cli::InputKind::stream, options.raw ? ".raw" : ".wav"}, streams);
  Models models(options.network);
  return run_coding(jobs, options.output.force, options.threads, options.talk, streams,
                    [&](const cli::Job& job, JobProgress& progress) {
                      cli::StreamInput input(job.input, streams);
                      return std::visit(
                          [&](auto& reader) {
                            return decode_stream(input, reader, job, options, models, streams, progress);
                          },
                          input.reader());
                    });
}

}  // namespace ictus::network
