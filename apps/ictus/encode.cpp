#include <algorithm>
#include <memory>
#include <utility>

#include "apps/cli/encoding.hpp"
#include "apps/cli/event_models.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/cli/networks.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/first_look.hpp"
#include "apps/ictus/proposals.hpp"
#include "formats/event_stream.hpp"
#include "lib/analysis/encoder.hpp"

namespace ictus::front {
namespace {

/// Samples to an event stream.
class EventMaker : public cli::StreamMaker {
 public:
  EventMaker(const cli::EventModel& model, std::shared_ptr<const analysis::ProposalNetwork> proposals,
             const options::EncodeOptions& options, const audio::Source& source, formats::ByteSink sink)
      : writer_(header(model, options, source), std::move(sink)),
        encoder_(model, std::move(proposals), settings(options, source), [this](const EventBlock& block) {
          writer_.write(block);
          events_ += block.events.size();
        }) {}

  void push(std::span<const float> samples) override { encoder_.push(samples); }
  void finish(std::uint64_t frames, std::uint64_t original_frames) override {
    encoder_.finish();
    writer_.finish({.length_samples = frames, .original_length_samples = original_frames});
  }
  [[nodiscard]] bool is_silent() const override { return events_ == 0; }
  [[nodiscard]] cli::Counts counts() const override { return {{"event", events_}}; }
  [[nodiscard]] std::uint64_t bytes() const override { return writer_.bytes_written(); }

 private:
  static analysis::EncoderSettings settings(const options::EncodeOptions& options,
                                            const audio::Source& source) {
    analysis::EncoderSettings made{
        .coding = synthesis::event_coding(options.lossless),
        .channels = source.channels(),
        .threads = cli::threads_of_task(options.threads, std::max<std::size_t>(options.inputs.size(), 1)),
        .effort = options.effort};
    if (options.bitrate_kbit_s) made.most_bits_per_second = 1000.0 * *options.bitrate_kbit_s;
    if (options.events_per_second) made.most_events_per_second = *options.events_per_second;
    return made;
  }
  static formats::EventStreamHeader header(const cli::EventModel& model,
                                           const options::EncodeOptions& options,
                                           const audio::Source& source) {
    formats::EventStreamHeader header = cli::header_for(*model, options.lossless);
    header.channels = static_cast<std::uint8_t>(source.channels());
    cli::describe_source(header, source, options);
    return header;
  }

  formats::EventStreamWriter writer_;
  std::uint64_t events_ = 0;
  analysis::Encoder encoder_;
};

cli::Encoding event_encoding(const options::EncodeOptions& options) {
  const cli::EventModel model = cli::load_event_model(options.network.model);
  const auto proposals = load_proposals(options.network.model, *model);
  cli::Encoding encoding;
  encoding.sample_rate_hz = synthesis::EventModel::kSampleRateHz;
  encoding.most_channels = options.mono ? 1 : 2;
  encoding.least_audible = analysis::kLeastAudible;
  encoding.begin = [model, proposals, &options](const audio::Source& source, formats::ByteSink sink) {
    return std::make_unique<EventMaker>(model, proposals, options, source, std::move(sink));
  };
  return encoding;
}

}  // namespace

int encode(const options::EncodeOptions& options, const cli::Streams& streams) {
  if (options.codec == options::Codec::events)
    return cli::encode(
        options, [&options] { return event_encoding(options); }, streams);
  const auto jobs = cli::plan_jobs(options.inputs, options.output, options.talk,
                                   {cli::InputKind::sound, options::suffix_of(options.codec)}, streams);
  if (!options.talk.json && !any_can_begin(jobs, options.output.force, streams))
    return refuse_all(jobs, options.output.force, streams);
  return cli::encode(
      options, [&options] { return cli::networks().pyramid_encoding(options); }, streams);
}

}  // namespace ictus::front
