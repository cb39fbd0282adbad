#include "apps/cli/play_events.hpp"

#include <utility>

#include "lib/synthesis/decoder.hpp"

namespace ictus::cli {
namespace {

/// Leaves those of the block's events that were asked for; `first` is the number of its first.
void choose(EventBlock& block, const options::EventChoice& choice, std::uint64_t first) {
  std::vector<Event> chosen;
  for (std::size_t i = 0; i < block.events.size(); ++i) {
    if (choice.holds(first + i)) chosen.push_back(block.events[i]);
  }
  block.events = std::move(chosen);
}

class EventPlayer : public StreamPlayer {
 public:
  EventPlayer(formats::EventStreamReader& reader, const options::DecodeOptions& options,
              const EventModel& model, TakeSound take)
      : reader_(reader),
        options_(options),
        channels_(reader.header().channels),
        decoder_(model, channels_, std::move(take)) {}

  [[nodiscard]] int channels() const override { return channels_; }
  void play(Counts& counts) override {
    counts = {{"event", 0}};
    std::uint64_t seen = 0;
    while (auto block = reader_.next()) {
      const std::uint64_t first = seen;
      seen += block->events.size();
      if (options_.events) choose(*block, *options_.events, first);
      counts[0].second += block->events.size();
      decoder_.push(*block);
    }
    if (options_.events && counts[0].second == 0) refuse_choice(seen);
  }

  void finish(std::optional<std::uint64_t> length_samples) override { decoder_.finish(length_samples); }

 private:
  formats::EventStreamReader& reader_;
  const options::DecodeOptions& options_;
  int channels_;
  synthesis::Decoder decoder_;
};

}  // namespace

std::unique_ptr<StreamPlayer> play_events(StreamInput& input, const options::DecodeOptions& options,
                                          EventModels& models, TakeSound take) {
  if (options.scales) input.require(options::Codec::mars, "--scales");
  auto& reader = std::get<formats::EventStreamReader>(input.reader());
  const EventModel model = models.of(input.name(), reader.header());
  return std::make_unique<EventPlayer>(reader, options, model, std::move(take));
}

}  // namespace ictus::cli
