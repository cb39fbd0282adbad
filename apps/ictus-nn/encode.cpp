#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "apps/cli/output_file.hpp"
#include "apps/cli/text.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/ictus-nn/coding.hpp"
#include "apps/ictus-nn/network.hpp"
#include "formats/event_stream.hpp"
#include "lib/audio/audio.hpp"
#include "lib/events/codec.hpp"

namespace ictus::network {
namespace {

/// Samples that are read at a time: short enough for sound to come through a pipe while it is made.
constexpr std::size_t kBlockSamples = 4096;

bool is_same_field(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The input's own tags, with those that were set in their place; an empty value leaves a field out.
audio::Tags merged_tags(audio::Tags tags, const audio::Tags& set) {
  for (const auto& [field, value] : set) {
    std::erase_if(tags, [&field = field](const auto& tag) { return is_same_field(tag.first, field); });
  }
  for (const auto& [field, value] : set) {
    if (!value.empty()) tags.emplace_back(field, value);
  }
  return tags;
}

formats::EventStreamHeader header_for(const audio::Source& source, const events::LoadedModel& model,
                                      const options::EncodeOptions& options) {
  formats::EventStreamHeader header;
  header.sample_rate_hz = static_cast<std::uint32_t>(events::sample_rate_hz(model));
  header.original_sample_rate_hz = static_cast<std::uint32_t>(source.original_spec().sample_rate_hz);
  header.original_channels = static_cast<std::uint16_t>(source.original_spec().channels);
  header.precision = options.lossless ? formats::Precision::float32 : formats::Precision::quantised;
  header.model_id = events::model_id(model);
  header.weights_hash = events::weights_hash(model);
  header.tags = merged_tags(source.tags(), options.tags);
  return header;
}

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

Coded encode_job(const cli::Job& job, const options::EncodeOptions& options, const Model& model,
                 const cli::Streams& streams, JobProgress& progress) {
  const int rate_hz = events::sample_rate_hz(*model);
  const std::unique_ptr<audio::Source> source = audio::Source::open(job.input, rate_hz, options.raw);
  cli::OutputFile output(job.output, options.output.force, streams);
  formats::EventStreamWriter writer(header_for(*source, *model, options),
                                    [&output](std::span<const std::byte> bytes) { output.write(bytes); });
  Coded coded;
  events::EncoderSettings settings;
  settings.precision = options.lossless ? formats::Precision::float32 : formats::Precision::quantised;
  settings.effort = options.effort;
  settings.events_per_hop = options.events_per_hop;
  events::Encoder encoder(model, settings, [&](const EventBlock& block) {
    writer.write(block);
    coded.events += block.events.size();
  });

  std::uint64_t samples = 0;
  coded.damage = drain(*source, [&](std::span<const float> block) {
    encoder.push(block);
    samples += block.size();
    progress.update(static_cast<double>(samples) / rate_hz, part_read(*source));
  });
  encoder.finish();
  writer.finish(
      {.events = 0, .length_samples = samples, .original_length_samples = source->original_frames()});
  output.commit();

  coded.duration_s = static_cast<double>(samples) / rate_hz;
  coded.stream_bytes = writer.bytes_written();
  if (const std::uint64_t count = source->non_finite_samples(); count > 0) {
    coded.warnings.push_back(
        fmt::format("{} no finite numbers and became silence",
                    count == 1 ? "1 sample was" : fmt::format("{} samples were", count)));
  }
  return coded;
}

}  // namespace

int encode(const options::EncodeOptions& options, const cli::Streams& streams) {
  const auto jobs = cli::plan_jobs(options.inputs, options.output, options.talk, ".evs", streams);
  const Model model = load(options.network);
  return run_coding(jobs, options.output.force, options.threads, options.talk, streams,
                    [&](const cli::Job& job, JobProgress& progress) {
                      return encode_job(job, options, model, streams, progress);
                    });
}

}  // namespace ictus::network
