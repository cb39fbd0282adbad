#include <algorithm>
#include <memory>
#include <utility>

#include "apps/cli/encoding.hpp"
#include "apps/cli/event_models.hpp"
#include "apps/cli/jobs.hpp"
#include "apps/ictus/actions.hpp"
#include "apps/ictus/proposals.hpp"
#include "formats/event_stream.hpp"
#include "lib/analysis/encoder.hpp"

namespace ictus::front {
namespace {

/// How long a sound is tells the end of a file, in bytes that its length makes few more or fewer.
constexpr std::uint64_t kLongSamples = std::uint64_t{1} << 32U;

/// Samples to an event stream.
class EventMaker : public cli::StreamMaker {
 public:
  EventMaker(const cli::EventModel& model, std::shared_ptr<const analysis::ProposalNetwork> proposals,
             const options::EncodeOptions& options, const audio::Source& source, formats::ByteSink sink)
      : writer_(header(model, options, source), std::move(sink)),
        encoder_(model, std::move(proposals), settings(options, source, header(model, options, source)),
                 [this](const EventBlock& block) {
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
  /// Of a file without tags: these are as long as people want them.
  static double bits_without_events(formats::EventStreamHeader header) {
    header.tags.clear();
    std::size_t bytes = 0;
    formats::EventStreamWriter writer(header, [&](const auto& block) { bytes += block.size(); });
    writer.finish({.length_samples = kLongSamples, .original_length_samples = kLongSamples});
    return 8.0 * static_cast<double>(bytes);
  }
  static analysis::EncoderSettings settings(const options::EncodeOptions& options,
                                            const audio::Source& source, formats::EventStreamHeader header) {
    analysis::EncoderSettings made{
        .coding = synthesis::event_coding(options.lossless),
        .channels = source.channels(),
        .threads = cli::threads_of_task(options.threads, std::max<std::size_t>(options.inputs.size(), 1)),
        .effort = options.effort};
    if (options.bitrate_kbit_s) {
      made.most_bits_per_second = 1000.0 * *options.bitrate_kbit_s;
      made.other_bits = bits_without_events(std::move(header));
    }
    const options::Until& until = options.until;
    if (until.left_db) made.enough_left_db = static_cast<float>(*until.left_db);
    if (until.distance_db) made.enough_distance_db = static_cast<float>(*until.distance_db);
    if (until.events) made.most_events = *until.events;
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

}  // namespace

int encode(const options::EncodeOptions& options, const cli::Streams& streams) {
  const auto load = [&options] {
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
  };
  return cli::encode(options, load, streams);
}

}  // namespace ictus::front
