#include "lib/compose/join.hpp"

#include <doctest/doctest.h>

#include "helpers.hpp"
#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

using Onsets = std::vector<std::int64_t>;

TEST_CASE("a mix has the events of all in order, moved and with their gains") {
  Collector mixed;
  std::vector<MixInput> inputs;
  inputs.push_back(
      {blocks_of({{{event_at(0, -10), event_at(50, -11)}, 100}, {{event_at(150, -12)}, 200}}), 0, 0.0F});
  inputs.push_back({blocks_of({{{event_at(0, -20), event_at(120, -21)}, 300}}), 50, -3.0F});
  mix(std::move(inputs), mixed.take());
  CHECK(onsets_of(mixed.events) == Onsets{0, 50, 50, 150, 170});
  CHECK(mixed.events[1].gain_db == -11.0F);  // of the first input, as they begin together
  CHECK(mixed.events[2].gain_db == -23.0F);
  CHECK(mixed.events[4].gain_db == -24.0F);
  CHECK(mixed.blocks.back().end_samples == 350);
}

TEST_CASE("a mix reads no input ahead of the others") {
  std::int64_t read_to = 0;
  std::int64_t other_read_to = 0;
  std::int64_t farthest_apart = 0;
  const auto counting = [&farthest_apart](std::int64_t& own, const std::int64_t& other, std::int64_t span,
                                          int blocks) {
    return [&own, &other, &farthest_apart, span, blocks, at = 0]() mutable -> std::optional<EventBlock> {
      if (at == blocks) return std::nullopt;
      ++at;
      own += span;
      farthest_apart = std::max(farthest_apart, own - std::max(own - span, other));
      return EventBlock{{event_at(own - 1)}, own};
    };
  };
  std::size_t seen = 0;
  mix({{counting(read_to, other_read_to, 1000, 700)}, {counting(other_read_to, read_to, 70'000, 10)}},
      [&](const EventBlock& block) { seen += block.events.size(); });
  CHECK(seen == 710);
  CHECK(farthest_apart <= 70'000);
}

TEST_CASE("a mix of too many events at once says so") {
  std::vector<Event> many(3000, event_at(5));
  CHECK_THROWS_AS(mix({{blocks_of({{many, 10}})}, {blocks_of({{many, 10}})}}, [](const EventBlock&) {}),
                  Error);
  Collector mixed;
  std::vector<Event> later(3000, event_at(6));
  mix({{blocks_of({{many, 10}})}, {blocks_of({{later, 10}})}}, mixed.take());
  CHECK(mixed.events.size() == 6000);
}

TEST_CASE("lists are appended at their exact lengths") {
  Collector joined;
  Joiner joiner(joined.take());
  joiner.push({{event_at(10)}, 100});
  joiner.push({{event_at(110), event_at(170)}, 200});
  joiner.end_list(150);  // the event at 170 lies beyond it
  joiner.push({{event_at(0), event_at(5)}, 100});
  joiner.end_list(120);
  joiner.end_list(30);  // an empty list of 30 samples
  CHECK(onsets_of(joined.events) == Onsets{10, 110, 150, 155});
  CHECK(joined.blocks.back().end_samples == 300);
  CHECK(joiner.length_samples() == 300);
}

TEST_CASE("a list that goes on far beyond its end is refused") {
  Joiner joiner([](const EventBlock&) {});
  joiner.push({{}, 100});
  joiner.push({{}, 200});
  CHECK_THROWS_AS(joiner.end_list(50), Error);
}

}  // namespace
}  // namespace ictus::compose
