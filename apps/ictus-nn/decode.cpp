#include <fmt/format.h>

#include <cmath>

#include "apps/cli/event_input.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/ictus-nn/coding.hpp"
#include "apps/ictus-nn/network.hpp"
#include "lib/audio/audio.hpp"
#include "lib/events/codec.hpp"

namespace ictus::network {
namespace {

audio::SinkFormat sink_format(const options::DecodeOptions& options,
                              const formats::EventStreamHeader& header) {
  audio::SinkFormat format;
  format.container = options.raw ? audio::Container::raw : audio::Container::wav;
  format.samples = options.samples;
  format.sample_rate_hz =
      static_cast<int>(options.original_rate ? header.original_sample_rate_hz : header.sample_rate_hz);
  if (options.rate_hz) format.sample_rate_hz = *options.rate_hz;
  return format;
}

/// How many frames the output has at its own rate; at the original's, exactly as many as that had.
std::optional<std::uint64_t> exact_frames(const std::optional<formats::EventStreamTotals>& totals,
                                          const formats::EventStreamHeader& header, int output_rate_hz) {
  if (!totals) return std::nullopt;
  const auto rate_hz = static_cast<std::uint32_t>(output_rate_hz);
  if (rate_hz == header.sample_rate_hz) return totals->length_samples;
  if (rate_hz == header.original_sample_rate_hz) return totals->original_length_samples;
  const double ratio = static_cast<double>(rate_hz) / static_cast<double>(header.sample_rate_hz);
  return static_cast<std::uint64_t>(std::llround(static_cast<double>(totals->length_samples) * ratio));
}

/// Hands every block to `take`; damage is returned.
std::optional<DamagedInput> drain(cli::EventInput& input,
                                  const std::function<void(const EventBlock&)>& take) {
  try {
    while (const auto block = input.reader().next()) take(*block);
  } catch (const DamagedInput& damage) {
    return damage;
  }
  return std::nullopt;
}

Coded decode_job(const cli::Job& job, const options::DecodeOptions& options, const Model& model,
                 const cli::Streams& streams, JobProgress& progress) {
  cli::EventInput input(job.input, streams);
  const formats::EventStreamHeader& header = input.header();
  require_same_weights(input.name(), header, *model);
  const audio::SinkFormat format = sink_format(options, header);
  const double rate_hz = header.sample_rate_hz;

  cli::OutputFile output(job.output, options.output.force, streams);
  const std::unique_ptr<audio::Sink> sink = audio::Sink::open(
      output.fd(), output.name(), static_cast<int>(header.sample_rate_hz), format, header.tags);
  std::uint64_t samples = 0;
  events::Decoder decoder(model, [&](std::span<const float> block) {
    sink->write(block);
    samples += block.size();
    progress.update(static_cast<double>(samples) / rate_hz, input.part_read());
  });

  Coded coded;
  coded.damage = drain(input, [&](const EventBlock& block) {
    coded.events += block.events.size();
    decoder.push(block);
  });
  const auto& totals = input.reader().totals();
  decoder.finish(totals ? std::optional(totals->length_samples) : std::nullopt);
  if (coded.damage && samples == 0) throw Error(coded.damage->what(), "there is nothing in it to keep");
  sink->finish(exact_frames(totals, header, format.sample_rate_hz));
  output.commit();

  coded.duration_s = static_cast<double>(samples) / rate_hz;
  coded.stream_bytes = input.reader().bytes_read();
  if (const std::uint64_t count = sink->clipped_samples(); count > 0) {
    coded.warnings.push_back(
        fmt::format("{} beyond full scale and limited to it; --samples float32 keeps all",
                    count == 1 ? "1 sample was" : fmt::format("{} samples were", count)));
  }
  return coded;
}

}  // namespace

int decode(const options::DecodeOptions& options, const cli::Streams& streams) {
  const auto jobs =
      cli::plan_jobs(options.inputs, options.output, options.talk, options.raw ? ".raw" : ".wav", streams);
  const Model model = load(options.network);
  return run_coding(jobs, options.output.force, options.threads, options.talk, streams,
                    [&](const cli::Job& job, JobProgress& progress) {
                      return decode_job(job, options, model, streams, progress);
                    });
}

}  // namespace ictus::network
