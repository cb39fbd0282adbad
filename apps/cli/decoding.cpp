#include "apps/cli/decoding.hpp"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/coding.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/stream_tags.hpp"
#include "apps/cli/text.hpp"
#include "lib/audio/audio.hpp"

namespace ictus::cli {
namespace {

template <typename Header>
audio::SinkFormat sink_format(const options::DecodeOptions& options, const Header& header, int channels) {
  audio::SinkFormat format;
  format.container = options.raw ? audio::Container::raw : audio::Container::wav;
  format.samples = options.samples;
  format.sample_rate_hz =
      static_cast<int>(options.original_rate ? header.original_sample_rate_hz : header.sample_rate_hz);
  if (options.rate_hz) format.sample_rate_hz = *options.rate_hz;
  format.channels = channels;
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

template <typename Reader>
Coded decode_stream(StreamInput& input, const Reader& reader, const Job& job,
                    const options::DecodeOptions& options, const Play& play, const Streams& streams,
                    JobProgress& progress) {
  const auto& header = reader.header();
  const double rate_hz = header.sample_rate_hz;
  std::unique_ptr<audio::Sink> sink;
  std::uint64_t samples = 0;
  std::size_t channels = 1;
  const std::unique_ptr<StreamPlayer> player = play(input, [&](std::span<const float> block) {
    sink->write(block);
    samples += block.size() / channels;
    progress.update(static_cast<double>(samples) / rate_hz, input.part_read());
  });
  channels = static_cast<std::size_t>(player->channels());
  const audio::SinkFormat format = sink_format(options, header, player->channels());

  OutputFile output(job.output, options.output.force, streams);
  sink = audio::Sink::open(output.fd(), output.name(), static_cast<int>(header.sample_rate_hz), format,
                           header.tags);
  Coded coded;
  try {
    player->play(coded.counts);
  } catch (const DamagedInput& damage) {
    coded.damage = damage;
  }
  const auto& totals = reader.totals();
  player->finish(totals ? std::optional(totals->length_samples) : std::nullopt);
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
    coded.warnings.push_back(fmt::format(
        "{} beyond full scale and limited to it; --samples float32 keeps all", samples_were(count)));
  }
  return coded;
}

}  // namespace

int decode(const options::DecodeOptions& options, const Play& play, const Streams& streams) {
  const auto jobs = plan_jobs(options.inputs, options.output, options.talk,
                              {InputKind::stream, options.raw ? ".raw" : ".wav"}, streams);
  return run_coding(jobs, options.output.force, options.threads, options.talk, streams,
                    [&](const Job& job, JobProgress& progress) {
                      StreamInput input(job.input, streams);
                      return std::visit(
                          [&](const auto& reader) {
                            return decode_stream(input, reader, job, options, play, streams, progress);
                          },
                          input.reader());
                    });
}

}  // namespace ictus::cli
