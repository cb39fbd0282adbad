#include "apps/cli/encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "apps/cli/coding.hpp"
#include "apps/cli/command.hpp"
#include "apps/cli/output_file.hpp"
#include "apps/cli/run_record.hpp"
#include "apps/cli/shard.hpp"
#include "apps/cli/text.hpp"
#include "lib/core/memory.hpp"

namespace ictus::cli {
namespace {

/// Frames that are read at a time: short enough for sound to come through a pipe while it is made.
constexpr std::size_t kBlockFrames = 4096;

/// Hands the whole source to `take`, block by block; damage at its end is returned.
std::optional<DamagedInput> drain(audio::Source& source,
                                  const std::function<void(std::span<const float>)>& take) {
  std::vector<float> block(kBlockFrames * static_cast<std::size_t>(source.channels()));
  try {
    while (const std::size_t count = source.read(block)) take(std::span(block).first(count));
  } catch (const DamagedInput& damage) {
    return damage;
  }
  return std::nullopt;
}

std::optional<double> expected_s(const audio::Source& source) {
  const auto frames = source.expected_frames();
  if (!frames || *frames == 0) return std::nullopt;
  return static_cast<double>(*frames) / source.original_spec().sample_rate_hz;
}

/// Whether audible sound becomes silence, and why; empty: it does not.
std::string silence_warning(float peak, float heard_peak, bool is_silent, const Encoding& encoding) {
  if (peak < encoding.least_audible) return {};
  const double peak_db = 20.0 * std::log10(static_cast<double>(peak));
  if (heard_peak < encoding.least_audible) {
    return fmt::format(
        "all that is loud in its sound, which has peaks of {:.0f} dBFS, lies above the {} Hz that the model "
        "hears: it decodes to silence",
        peak_db, encoding.sample_rate_hz / 2);
  }
  if (!is_silent) return {};
  return fmt::format(
      "no event came of its sound, which has peaks of {:.0f} dBFS: it decodes to silence; --codec mars "
      "keeps what events cannot",
      peak_db);
}

Coded encode_job(const Job& job, const options::EncodeOptions& options, const Encoding& encoding,
                 const Streams& streams, JobProgress& progress) {
  const std::unique_ptr<audio::Source> source =
      audio::Source::open(job.input, encoding.sample_rate_hz, options.raw, encoding.most_channels);
  OutputFile output(job.output, options.output.force, streams);
  const auto tell = [&progress, &encoding, whole_s = expected_s(*source)](std::uint64_t frames) {
    const double coded_s = static_cast<double>(frames) / encoding.sample_rate_hz;
    progress.update(coded_s, whole_s ? std::optional(std::min(1.0, coded_s / *whole_s)) : std::nullopt);
  };
  const std::unique_ptr<StreamMaker> maker = encoding.begin(
      *source, [&output](std::span<const std::byte> bytes) { output.write(bytes); }, tell);

  Coded coded;
  std::uint64_t frames = 0;
  float heard_peak = 0.0F;
  coded.damage = drain(*source, [&](std::span<const float> block) {
    maker->push(block);
    for (const float sample : block) heard_peak = std::max(heard_peak, std::abs(sample));
    frames += block.size() / static_cast<std::size_t>(source->channels());
  });
  maker->finish(frames, source->original_frames());
  output.commit();

  coded.duration_s = static_cast<double>(frames) / encoding.sample_rate_hz;
  coded.counts = maker->counts();
  coded.stream_bytes = maker->bytes();
  coded.warnings = stream_tags(source->tags(), options.tags).warnings;
  for (std::string& remark : source->remarks()) coded.warnings.push_back(std::move(remark));
  std::string silence = silence_warning(source->peak(), heard_peak, maker->is_silent(), encoding);
  if (!silence.empty()) coded.warnings.push_back(std::move(silence));
  if (const std::uint64_t count = source->non_finite_samples(); count > 0) {
    coded.warnings.push_back(fmt::format("{} no finite numbers and became silence", samples_were(count)));
  }
  return coded;
}

}  // namespace

std::vector<Job> encode_jobs(const options::EncodeOptions& options, const Streams& streams) {
  const std::vector<Job> all = plan_jobs(options.inputs, options.output, options.talk,
                                         {InputKind::sound, options::suffix_of(options.codec)}, streams);
  return options.many.shard ? jobs_of(all, *options.many.shard) : all;
}

std::size_t tasks_of(const options::EncodeOptions& options) {
  const std::size_t inputs = std::max<std::size_t>(options.inputs.size(), 1);
  if (!options.many.shard) return inputs;
  const auto count = static_cast<std::size_t>(known_shard(*options.many.shard).count);
  return (inputs + count - 1) / count;
}

int encode(const options::EncodeOptions& options, const std::function<Encoding()>& load,
           const Streams& streams) {
  keep_freed_memory();
  const auto jobs = encode_jobs(options, streams);
  if (jobs.empty()) return kDone;  // there are more workers than inputs
  RunRecord record(options.many, streams);
  const Encoding encoding = load();
  return run_coding(
      jobs, options.output.force, options.threads, options.talk, streams,
      [&](const Job& job, JobProgress& progress) {
        return encode_job(job, options, encoding, streams, progress);
      },
      &record);
}

}  // namespace ictus::cli
