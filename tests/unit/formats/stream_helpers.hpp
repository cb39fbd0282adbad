// Event streams in memory, for the tests.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "byte_helpers.hpp"
#include "formats/event_stream.hpp"

namespace ictus::formats::testing {

/// All that a stream holds.
struct Stream {
  EventStreamHeader header;
  std::vector<EventBlock> blocks;
  EventStreamTotals totals;
};

/// All that a reader made of some bytes.
struct Reading {
  std::optional<EventStreamHeader> header;
  std::vector<EventBlock> blocks;
  std::optional<EventStreamTotals> totals;
  std::string error;  ///< empty: the stream was read to its end
  bool damaged = false;
};

inline std::vector<Bytes> written_parts(const Stream& stream) {
  return parts_written_by<EventStreamWriter>(stream.header, stream.blocks, stream.totals);
}

inline Bytes written(const Stream& stream) { return joined(written_parts(stream)); }

inline Reading read(std::span<const std::byte> bytes, std::size_t step = SIZE_MAX) {
  Reading reading;
  keep_refusal(reading, [&] {
    EventStreamReader reader(source_of(bytes, step));
    reading.header = reader.header();
    while (auto block = reader.next()) reading.blocks.push_back(std::move(*block));
    reading.totals = reader.totals();
  });
  return reading;
}

/// Bit for bit, so that -0 and 0 differ.
inline bool same(const Event& a, const Event& b) {
  return a.onset_samples == b.onset_samples &&
         std::bit_cast<std::uint32_t>(a.gain_db) == std::bit_cast<std::uint32_t>(b.gain_db) &&
         std::bit_cast<std::array<std::uint32_t, kEventVectorSize>>(a.vector) ==
             std::bit_cast<std::array<std::uint32_t, kEventVectorSize>>(b.vector);
}

inline bool same(const EventBlock& a, const EventBlock& b) {
  return a.end_samples == b.end_samples &&
         std::equal(a.events.begin(), a.events.end(), b.events.begin(), b.events.end(),
                    [](const Event& x, const Event& y) { return same(x, y); });
}

inline bool same(const EventStreamHeader& a, const EventStreamHeader& b) {
  return a.sample_rate_hz == b.sample_rate_hz && a.original_sample_rate_hz == b.original_sample_rate_hz &&
         a.original_channels == b.original_channels && a.channels == b.channels && a.coding == b.coding &&
         a.names == b.names && a.model_id == b.model_id && a.weights_hash == b.weights_hash &&
         a.tags == b.tags;
}

inline bool same(const EventStreamTotals& a, const EventStreamTotals& b) {
  return a.events == b.events && a.length_samples == b.length_samples &&
         a.original_length_samples == b.original_length_samples;
}

/// The first blocks of `all`, as many as `some` has, are `some`.
inline bool begins_with(const std::vector<EventBlock>& all, const std::vector<EventBlock>& some) {
  return some.size() <= all.size() &&
         std::equal(some.begin(), some.end(), all.begin(),
                    [](const EventBlock& x, const EventBlock& y) { return same(x, y); });
}

inline constexpr EventCoding kFloat32 = {.precision = Precision::float32};
inline constexpr EventCoding kCoded = {.precision = Precision::coded};

/// The blocks as they are when they were written and read.
inline std::vector<EventBlock> quantised(std::vector<EventBlock> blocks, const EventCoding& coding) {
  std::int64_t start_samples = 0;
  for (EventBlock& block : blocks) {
    for (Event& event : block.events) event = quantise(event, coding, start_samples, block.end_samples);
    start_samples = block.end_samples;
  }
  return blocks;
}

inline EventStreamHeader typical_header() {
  EventStreamHeader header;
  header.sample_rate_hz = 44100;
  header.original_sample_rate_hz = 44100;
  header.original_channels = 2;
  header.names = standard_names();
  header.model_id = "events-1";
  for (std::size_t i = 0; i < header.weights_hash.size(); ++i) {
    header.weights_hash[i] = static_cast<std::uint8_t>(17 * i + 3);
  }
  header.tags = {{"ENCODER", "ictus 0.1.0"}, {"TITLE", "Prelude in C"}};
  return header;
}

/// A block of `count` random events from `start_samples` on.
inline EventBlock random_block(std::mt19937_64& random, std::int64_t start_samples, std::int64_t span_samples,
                               std::size_t count) {
  std::uniform_int_distribution<std::int64_t> onset(start_samples, start_samples + span_samples - 1);
  std::uniform_real_distribution<float> gain_db(-110.0F, 30.0F);
  std::uniform_real_distribution<float> number(-1.0F, 1.0F);
  EventBlock block;
  block.end_samples = start_samples + span_samples;
  block.events.resize(count);
  for (Event& event : block.events) {
    event.onset_samples = onset(random);
    event.gain_db = gain_db(random);
    for (float& value : event.vector) value = number(random);
  }
  std::sort(block.events.begin(), block.events.end(),
            [](const Event& a, const Event& b) { return a.onset_samples < b.onset_samples; });
  return block;
}

/// A stream of random blocks; the totals agree with them.
inline Stream random_stream(std::uint64_t seed, const EventCoding& coding, std::size_t blocks,
                            std::size_t most_events, std::int64_t longest_span_samples) {
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::size_t> count(0, most_events);
  std::uniform_int_distribution<std::int64_t> span(1, longest_span_samples);
  Stream stream;
  stream.header = typical_header();
  stream.header.coding = coding;
  std::int64_t start_samples = 0;
  for (std::size_t i = 0; i < blocks; ++i) {
    stream.blocks.push_back(random_block(random, start_samples, span(random), count(random)));
    start_samples = stream.blocks.back().end_samples;
    stream.totals.events += stream.blocks.back().events.size();
  }
  stream.totals.length_samples = static_cast<std::uint64_t>(start_samples);
  stream.totals.original_length_samples = 2 * stream.totals.length_samples;
  return stream;
}

}  // namespace ictus::formats::testing
