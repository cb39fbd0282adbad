#include "formats/event_coder.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "stream_helpers.hpp"

using namespace ictus;
using namespace ictus::formats;
using namespace ictus::formats::testing;

namespace {

constexpr std::int64_t kLastPosition = (std::int64_t{1} << 53U) - 1;

/// Numbers of the fewest steps beside some of the most.
VectorSteps with_extremes() {
  VectorSteps steps = equal_steps(2);
  steps[0] = steps[31] = 1;
  steps[1] = steps[30] = 4096;
  return steps;
}

/// Steps from the finest to the coarsest.
const EventCoding kSteps[] = {
    kCoded,
    {.vector_steps = equal_steps(3), .gain_step_centibels = 100, .onset_step_samples = 65535},
    {.vector_steps = equal_steps(255), .gain_step_centibels = 1, .onset_step_samples = 1},
    {.vector_steps = standard_steps(), .gain_step_centibels = 7, .onset_step_samples = 4096},
    {.vector_steps = with_extremes(), .gain_step_centibels = 7, .onset_step_samples = 4096},
};

double bits_without_regularity(const EventCoding& coding) {
  double bits = 0.0;
  for (const std::uint16_t steps : coding.vector_steps) bits += std::log2(steps);
  return bits;
}

/// Packs the blocks, unpacks them, and returns their sizes in bytes.
std::vector<std::size_t> check_comes_back(const std::vector<EventBlock>& blocks, const EventCoding& coding) {
  const std::vector<EventBlock> expected = quantised(blocks, coding);
  EventPacker packer(coding);
  EventUnpacker unpacker(coding);
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const double bits = packer.bits_of(blocks[i]);
    const std::vector<std::uint8_t> bytes = packer.pack(blocks[i]);
    REQUIRE(same(unpacker.unpack(bytes), expected[i]));
    const double size_bits = 8.0 * static_cast<double>(bytes.size());
    CHECK(size_bits <= 1.002 * bits + 0.05 * static_cast<double>(blocks[i].events.size()) + 9.0);
    sizes.push_back(bytes.size());
  }
  return sizes;
}

EventBlock equal_events(std::int64_t start_samples, std::size_t count, float gain_db, float number) {
  EventBlock block;
  block.end_samples = start_samples + 65536;
  block.events.resize(count, Event{start_samples, gain_db, {}});
  for (Event& event : block.events) event.vector.fill(number);
  return block;
}

}  // namespace

TEST_CASE("a stream of the standard steps begins with events that are usual, another with none") {
  const EventCoding standard{.vector_steps = standard_steps(), .gain_step_centibels = 5};
  const std::span<const StartEvent> start = start_events(standard);
  REQUIRE(!start.empty());
  for (const StartEvent& event : start) {
    for (std::size_t d = 0; d < kEventVectorSize; ++d) CHECK(event.vector[d] < standard.vector_steps[d]);
    CHECK(std::abs(event.gain_centibels) <= 1000);
  }
  EventCoding other = standard;
  ++other.vector_steps[3];
  CHECK(start_events(other).empty());

  // One of them as the first event of a stream takes little more than half of what it would without.
  const StartEvent& usual = start[start.size() / 2];
  EventBlock block;
  block.end_samples = 65536;
  block.events.resize(1);
  for (std::size_t d = 0; d < kEventVectorSize; ++d)
    block.events[0].vector[d] = vector_value(usual.vector[d], standard.vector_steps[d]);
  block.events[0].gain_db = 0.1F * static_cast<float>(usual.gain_centibels);
  CHECK(EventPacker(standard).bits_of(block) < 0.65 * EventPacker(standard, {}).bits_of(block));
  check_comes_back({block}, standard);
}

TEST_CASE("event coder: random blocks come back, whatever the steps") {
  std::mt19937_64 random(1);
  for (const EventCoding& coding : kSteps) {
    for (const std::int64_t span_samples :
         {std::int64_t{1}, std::int64_t{100}, std::int64_t{65536}, std::int64_t{1} << 45U}) {
      std::vector<EventBlock> blocks;
      std::int64_t start_samples = 0;
      for (const std::size_t count : {3, 0, 1, 90, 70, 0, 32, 130}) {
        blocks.push_back(random_block(random, start_samples, span_samples, count));
        start_samples = blocks.back().end_samples;
      }
      const std::vector<std::size_t> sizes = check_comes_back(blocks, coding);
      // Nothing is gained on numbers without regularity, and what is lost is little.
      const double bits = bits_without_regularity(coding) * 130;
      CHECK(8.0 * static_cast<double>(sizes[7]) > 0.97 * bits);
      CHECK(8.0 * static_cast<double>(sizes[7]) < 1.2 * bits + 130 * 64);
    }
  }
}

TEST_CASE("event coder: the most events, and more than the counts hold, come back") {
  std::mt19937_64 random(2);
  for (const EventCoding& coding : {kSteps[0], kSteps[1]}) {
    const EventBlock first = random_block(random, 0, 65536, kMaxEventsPerBlock);
    check_comes_back({first, random_block(random, 65536, 5000, kMaxEventsPerBlock)}, coding);
  }
}

TEST_CASE("event coder: extremes after a long rest come back") {
  for (const EventCoding& coding : kSteps) {
    const EventBlock rest = equal_events(0, 1000, -20.0F, 0.0F);
    const std::vector<std::size_t> sizes =
        check_comes_back({rest, equal_events(65536, 3, 30.0F, 1.0F), equal_events(131072, 3, -120.0F, -1.0F),
                          equal_events(196608, 1000, -20.0F, 0.0F)},
                         coding);
    // What is always the same costs little once it is known: less than a bit a number.
    CHECK(sizes[3] < 1000 * 33 / 8);
  }
}

TEST_CASE("event coder: a block of no length, and one of all positions there are") {
  check_comes_back({{{}, 0}, {{}, 0}}, kCoded);
  for (const EventCoding& coding : kSteps) {
    EventBlock all;
    all.end_samples = kLastPosition;
    all.events = {Event{0, 0.0F, {}}, Event{1, 0.0F, {}}, Event{kLastPosition - 1, 0.0F, {}}};
    check_comes_back({all, {{}, kLastPosition}}, coding);
    // Forty times the mean gap, which is more than the units that are told one by one.
    all.events.assign(40, Event{kLastPosition - 1, 0.0F, {}});
    check_comes_back({all}, coding);
  }
}

TEST_CASE("event coder: what is asked changes nothing, and copies go their own ways") {
  std::mt19937_64 random(3);
  const EventBlock first = random_block(random, 0, 65536, 20);
  const EventBlock second = random_block(random, 65536, 65536, 20);
  EventPacker asked(kCoded);
  EventPacker not_asked(kCoded);
  (void)asked.bits_of(second.events.empty() ? second : first);
  CHECK(asked.pack(first) == not_asked.pack(first));
  EventPacker copy = asked;
  (void)copy.pack(random_block(random, 65536, 100, 5));
  CHECK(asked.pack(second) == not_asked.pack(second));
}

TEST_CASE("event coder: fewer events, and events like those before, take fewer bits") {
  std::mt19937_64 random(4);
  EventPacker packer(kCoded);
  const EventBlock first = random_block(random, 0, 65536, 32);
  (void)packer.pack(first);
  EventBlock again = first;
  again.end_samples += 65536;
  for (Event& event : again.events) event.onset_samples += 65536;
  const EventBlock others = random_block(random, 65536, 65536, 32);
  CHECK(packer.bits_of(again) < 0.8 * packer.bits_of(others));
  EventBlock fewer = others;
  fewer.events.resize(16);
  CHECK(packer.bits_of(fewer) < 0.6 * packer.bits_of(others));
}

TEST_CASE("event coder: numbers that stand still cost next to nothing beside others that move") {
  std::mt19937_64 random(7);
  const EventCoding coding{.vector_steps = standard_steps()};
  EventPacker packer(coding);
  double bits = 0.0;
  for (std::int64_t start = 0; start < 8 * 65536; start += 65536) {
    EventBlock block = random_block(random, start, 65536, 32);
    for (Event& event : block.events) {
      for (std::size_t d = 0; d < 16; ++d) event.vector[d] = d % 2 == 0 ? 0.25F : -1.0F;
    }
    bits = packer.bits_of(block) / 32;
    (void)packer.pack(block);
  }
  // Sixteen numbers of 31 steps, a gain of 128 and an onset are left.
  const double moving = 16 * std::log2(31.0) + 7.0 + 9.0;
  CHECK(bits > moving - 8.0);
  CHECK(bits < moving + 16.0);
}

TEST_CASE("event coder: a number tells of the next, and an event of the one that it is like") {
  std::mt19937_64 random(8);
  // Where number 2 is at rest, number 3 is too; and all events are of one of two kinds.
  EventPacker packer(kCoded);
  EventPacker shuffled(kCoded);
  double bits = 0.0;
  double shuffled_bits = 0.0;
  for (std::int64_t start = 0; start < 6 * 65536; start += 65536) {
    EventBlock block = random_block(random, start, 65536, 40);
    for (std::size_t i = 0; i < block.events.size(); ++i) {
      Event& event = block.events[i];
      event.gain_db = 0.0F;
      const bool is_first = random() % 2 == 0;
      for (std::size_t d = 4; d < 32; ++d) event.vector[d] = is_first == (d % 3 == 0) ? 0.5F : -0.5F;
      if (random() % 4 != 0) event.vector[2] = event.vector[3] = 0.0F;
    }
    EventBlock mixed = block;
    for (std::size_t d = 2; d < 32; ++d) {
      for (std::size_t i = block.events.size() - 1; i > 0; --i) {
        std::swap(mixed.events[i].vector[d], mixed.events[random() % (i + 1)].vector[d]);
      }
    }
    bits = packer.bits_of(block);
    shuffled_bits = shuffled.bits_of(mixed);
    (void)packer.pack(block);
    (void)shuffled.pack(mixed);
  }
  CHECK(bits < 0.6 * shuffled_bits);
}

TEST_CASE("event coder: what cannot be packed changes nothing") {
  std::mt19937_64 random(5);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EventPacker packer(kCoded);
  EventPacker untouched(kCoded);
  const auto refused = [&](const EventBlock& block) {
    CHECK_THROWS_AS((void)packer.pack(block), Error);
    CHECK_THROWS_AS((void)packer.bits_of(block), Error);
  };
  refused({{}, -1});
  refused({{}, kLastPosition + 1});
  refused({{Event{100, 0.0F, {}}}, 100});
  refused({{Event{50, 0.0F, {}}, Event{49, 0.0F, {}}}, 100});
  refused({{Event{50, nan, {}}}, 100});
  refused({{Event{50, 0.0F, {0.0F, nan}}}, 100});
  refused(equal_events(0, kMaxEventsPerBlock + 1, 0.0F, 0.0F));
  const EventBlock block = random_block(random, 0, 65536, 20);
  CHECK(packer.pack(block) == untouched.pack(block));
}

TEST_CASE("event coder: any bytes are a block or are refused") {
  std::mt19937_64 random(6);
  std::size_t blocks = 0;
  std::size_t refusals = 0;
  for (const EventCoding& coding : kSteps) {
    EventPacker packer(coding);
    const std::vector<std::uint8_t> sound = packer.pack(random_block(random, 0, 65536, 12));
    for (int round = 0; round < 150; ++round) {
      std::vector<std::uint8_t> bytes = sound;
      if (round % 2 == 0) {
        for (int changes = 0; changes < 3; ++changes) {
          bytes[random() % bytes.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
        }
      } else {
        bytes.resize(random() % 30);
        for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
      }
      EventUnpacker unpacker(coding);
      try {
        const EventBlock block = unpacker.unpack(bytes);
        ++blocks;
        CHECK(block.events.size() <= kMaxEventsPerBlock);
        CHECK(same(quantised({block}, coding)[0], block));
        (void)EventPacker(coding).pack(block);
      } catch (const Error&) {
        ++refusals;
      }
    }
  }
  CHECK(blocks > 20);
  CHECK(refusals > 100);
}
