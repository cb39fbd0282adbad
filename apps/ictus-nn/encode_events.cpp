#include <utility>

#include "apps/cli/encoding.hpp"
#include "apps/ictus-nn/actions.hpp"
#include "apps/ictus-nn/event_models.hpp"
#include "formats/event_stream.hpp"
#include "lib/events/codec.hpp"

namespace ictus::network {
namespace {

/// Samples to an event stream.
class EventMaker : public cli::StreamMaker {
 public:
  EventMaker(const EventModel& model, const options::EncodeOptions& options, const audio::Source& source,
             formats::ByteSink sink)
      : writer_(header(model, options, source), std::move(sink)),
        encoder_(model, settings(model, options), [this](const EventBlock& block) {
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
  static events::EncoderSettings settings(const EventModel& model, const options::EncodeOptions& options) {
    events::EncoderSettings made{.coding = events::coding_of(*model, options.lossless),
                                 .effort = options.effort};
    if (options.bitrate_kbit_s) made.most_bits_per_second = 1000.0 * *options.bitrate_kbit_s;
    if (options.events_per_second) made.most_events_per_second = *options.events_per_second;
    return made;
  }
  static formats::EventStreamHeader header(const EventModel& model, const options::EncodeOptions& options,
                                           const audio::Source& source) {
    formats::EventStreamHeader header;
    header.sample_rate_hz = static_cast<std::uint32_t>(sample_rate_hz(*model));
    header.model_id = model_id(*model);
    header.weights_hash = weights_hash(*model);
    cli::describe_source(header, source, options);
    header.coding = events::coding_of(*model, options.lossless);
    return header;
  }

  formats::EventStreamWriter writer_;
  std::uint64_t events_ = 0;
  events::Encoder encoder_;
};

}  // namespace

int encode_events(const options::EncodeOptions& options, const cli::Streams& streams) {
  const auto load = [&options] {
    const EventModel model = load_event_model(options.network);
    cli::Encoding encoding;
    encoding.sample_rate_hz = sample_rate_hz(*model);
    encoding.least_audible = events::kLeastAudible;
    encoding.begin = [model, &options](const audio::Source& source, formats::ByteSink sink) {
      return std::make_unique<EventMaker>(model, options, source, std::move(sink));
    };
    return encoding;
  };
  return cli::encode(options, load, streams);
}

}  // namespace ictus::network
