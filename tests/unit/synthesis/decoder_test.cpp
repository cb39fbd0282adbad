// That decoding is a stream: what comes out does not depend on how events come.
#include "lib/synthesis/decoder.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/core/dice.hpp"
#include "lib/core/error.hpp"
#include "tests/unit/synthesis/sounds.hpp"

namespace ictus::synthesis {
namespace {

std::vector<Event> some_events(int count, std::int64_t length_samples) {
  Dice dice(11);
  std::vector<Event> events(static_cast<std::size_t>(count));
  for (Event& event : events) {
    for (float& number : event.vector) number = static_cast<float>(2.0 * dice.uniform() - 1.0);
    event.onset_samples = static_cast<std::int64_t>(dice.uniform() * static_cast<double>(length_samples));
    event.gain_db = -20.0F;
  }
  std::sort(events.begin(), events.end(),
            [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
  events[1].onset_samples = events[0].onset_samples;
  return events;
}

/// As blocks that end at these places.
std::vector<EventBlock> cut(const std::vector<Event>& events, const std::vector<std::int64_t>& ends) {
  std::vector<EventBlock> blocks;
  std::size_t next = 0;
  for (const std::int64_t end : ends) {
    EventBlock block;
    for (; next < events.size() && events[next].onset_samples < end; ++next)
      block.events.push_back(events[next]);
    block.end_samples = end;
    blocks.push_back(block);
  }
  REQUIRE(next == events.size());
  return blocks;
}

std::vector<float> decoded(const std::vector<EventBlock>& blocks, int channels,
                           std::optional<std::uint64_t> length_samples) {
  std::vector<float> samples;
  Decoder decoder(random_model(), channels, [&samples](std::span<const float> part) {
    samples.insert(samples.end(), part.begin(), part.end());
  });
  for (const EventBlock& block : blocks) decoder.push(block);
  decoder.finish(length_samples);
  return samples;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<std::uint32_t>(x) == std::bit_cast<std::uint32_t>(y);
  });
}

/// The most memory that this process has had, bytes.
long most_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

}  // namespace

TEST_CASE("samples are the same, bit for bit, however events come in blocks") {
  constexpr std::int64_t kLength = 3 * kRate + 77;
  const auto events = some_events(30, 2 * kRate);
  for (const int channels : {1, 2}) {
    CAPTURE(channels);
    const auto expected = decoded(cut(events, {kLength}), channels, kLength);
    REQUIRE(expected.size() == static_cast<std::size_t>(kLength * channels));
    CHECK(power_of(expected, 0.5, 2.0) > 1e-8);
    std::vector<std::int64_t> ends;
    for (std::int64_t end = 0; end < kLength; end += 331) ends.push_back(end);  // many without events
    CHECK(same(decoded(cut(events, ends), channels, kLength), expected));
    CHECK(same(decoded(cut(events, {0, 0, 2 * kRate, 2 * kRate, kLength}), channels, kLength), expected));
    // Where the blocks end early.
    CHECK(same(decoded(cut(events, {2 * kRate}), channels, kLength), expected));
  }
}

TEST_CASE("lengths are exact, whatever the events") {
  const auto events = some_events(12, kRate);
  for (const int channels : {1, 2}) {
    for (const std::int64_t length : {0, 1, 1023, 4096, 20000, 44100, 100001}) {
      CAPTURE(length);
      CHECK(decoded({}, channels, length).size() == static_cast<std::size_t>(length * channels));
      // Events within the length and beyond it, all known before any sound is asked for.
      EventBlock block{events, std::min<std::int64_t>(length, 500)};
      CHECK(decoded({block}, channels, length).size() == static_cast<std::size_t>(length * channels));
    }
    // Without a length: where the last block ended.
    CHECK(decoded(cut(events, {kRate, 50001}), channels, {}).size() ==
          static_cast<std::size_t>(50001 * channels));
    CHECK(decoded({}, channels, {}).empty());
  }
}

TEST_CASE("events beyond the length are not heard") {
  Event first = plain_event(440.0F, -12.0F);
  Event late = first;
  late.onset_samples = 60000;
  CHECK(same(decoded({{{first, late}, 40000}}, 1, 40000), decoded({{{first}, 40000}}, 1, 40000)));
}

TEST_CASE("sound comes out soon after the block that makes it final") {
  std::size_t count = 0;
  Decoder decoder(random_model(), 2, [&count](std::span<const float> part) { count += part.size(); });
  decoder.push({{plain_event(440.0F, -12.0F)}, kRate});
  CHECK(count <= 2 * kRate);
  CHECK(count > static_cast<std::size_t>(2 * (kRate - 1024 - 4096)));
}

TEST_CASE("an event is as loud, as high and where its numbers say") {
  Event event = plain_event(440.0F, -12.0F);
  set(event, kHold, 3.0F);
  set(event, kPosition, 1.0F);
  event.onset_samples = kRate / 2;
  std::vector<float> samples;
  Decoder decoder(one_partial_model(), 2, [&samples](std::span<const float> part) {
    samples.insert(samples.end(), part.begin(), part.end());
  });
  decoder.push({{event}, 3 * kRate});
  decoder.finish(3 * kRate);
  const auto left = channel(samples, 0);
  const auto right = channel(samples, 1);
  CHECK(decibels(power_of(left, 0.0, 3.0) + 1e-20) < -80.0);
  CHECK(decibels(power_of(right, 0.0, 0.4) + 1e-20) < -70.0);
  // The pan keeps power: one channel alone has all of it. It dies away by 0.12 dB a second.
  const double level_db = decibels(power_of(right, 1.0, 2.5));
  CHECK(std::abs(level_db + 12.15) < 0.1);
  CHECK(std::abs(1200.0 * std::log2(crossing_hz(right, 1.0, 2.5) / 440.0)) < 1.0);
}

TEST_CASE("an event that comes too late is refused") {
  Decoder decoder(plain_model(), 1, [](std::span<const float>) {});
  decoder.push({{}, 10000});
  CHECK_THROWS_AS(decoder.push({{plain_event(440.0F, 0.0F)}, 20000}), Error);
}

TEST_CASE("memory does not grow with length, nor with the length of a block") {
  std::size_t count = 0;
  Decoder decoder(one_partial_model(), 1, [&count](std::span<const float> part) { count += part.size(); });
  std::int64_t now = 0;
  const auto go_on = [&](int seconds) {
    for (int second = 0; second < seconds; ++second, now += kRate) {
      Event event = plain_event(440.0F, -12.0F);
      event.onset_samples = now;
      decoder.push({{event}, now + kRate});
    }
  };
  go_on(5);
  const long before = most_memory();
  go_on(120);
  CHECK(most_memory() - before < 4 << 20);
  now += 120L * kRate;  // 21 MB of sound
  decoder.push({{}, now});
  decoder.finish(now + 120 * kRate);
  CHECK(most_memory() - before < 4 << 20);
  CHECK(count == static_cast<std::size_t>(now + 120 * kRate));
}

}  // namespace ictus::synthesis
