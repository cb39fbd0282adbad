#include "formats/event_stream.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "event_stream_generated.h"
#include "formats/header_block.hpp"
#include "lib/core/error.hpp"

namespace ictus::formats {
namespace {

using Bytes = std::vector<std::uint8_t>;

// SPEC.md, section 3.
constexpr std::uint8_t kEventsKind = 0x02;

constexpr float kMinGainDb = -100.0F;
constexpr float kMaxGainDb = 27.5F;
constexpr float kGainStepsPerDb = 2.0F;
constexpr float kVectorSteps = 127.0F;

float require_number(float value) {
  if (std::isnan(value)) throw Error("an event holds a value that is not a number");
  return value;
}

std::uint8_t gain_code(float gain_db) {
  const float limited = std::clamp(require_number(gain_db), kMinGainDb, kMaxGainDb);
  return static_cast<std::uint8_t>(std::lround((limited - kMinGainDb) * kGainStepsPerDb));
}

float gain_value(std::uint8_t code) { return kMinGainDb + static_cast<float>(code) / kGainStepsPerDb; }

std::int8_t vector_code(float value) {
  return static_cast<std::int8_t>(std::lround(std::clamp(require_number(value), -1.0F, 1.0F) * kVectorSteps));
}

float vector_value(std::int8_t code) { return static_cast<float>(code) / kVectorSteps; }

// --- Contents of the blocks, written ---------------------------------------------------------------

/// Checks the header as well as laying it out.
Bytes header_content(const EventStreamHeader& header) {
  if (const std::string what = complaint(common(header)); !what.empty()) {
    throw Error("this header cannot be written: " + what);
  }
  flatbuffers::FlatBufferBuilder builder;
  const auto tags_offset = add_tags(builder, header.tags);
  const auto model_id_offset = header.model_id.empty() ? 0 : builder.CreateString(header.model_id);
  const wire::WeightsHash weights_hash(header.weights_hash);

  wire::HeaderBuilder table(builder);
  table.add_model_id(model_id_offset);
  table.add_weights_hash(&weights_hash);
  table.add_tags(tags_offset);
  table.add_original_sample_rate_hz(header.original_sample_rate_hz);
  table.add_sample_rate_hz(header.sample_rate_hz);
  table.add_original_channels(header.original_channels);
  table.add_precision(static_cast<wire::Precision>(header.precision));
  return finished(builder, table.Finish());
}

/// Checks the events as well as laying them out in columns.
Bytes events_content(const EventBlock& block, std::int64_t start_samples, Precision precision) {
  const auto& events = block.events;
  if (events.size() > kMaxEventsPerBlock) {
    throw Error("a block of " + std::to_string(events.size()) + " events is larger than " +
                    std::to_string(kMaxEventsPerBlock),
                "write the events as several blocks");
  }
  if (block.end_samples < start_samples || static_cast<std::uint64_t>(block.end_samples) > kMaxPosition) {
    throw Error("a block that ends at sample " + std::to_string(block.end_samples) +
                " cannot follow one that ends at sample " + std::to_string(start_samples));
  }

  std::vector<std::uint64_t> gaps;
  gaps.reserve(events.size());
  std::int64_t previous = start_samples;
  for (const Event& event : events) {
    if (event.onset_samples < previous || event.onset_samples >= block.end_samples) {
      throw Error("an event at sample " + std::to_string(event.onset_samples) +
                  " cannot stand in its block: events are sorted and lie from sample " +
                  std::to_string(start_samples) + " to before sample " + std::to_string(block.end_samples));
    }
    gaps.push_back(static_cast<std::uint64_t>(event.onset_samples - previous));
    previous = event.onset_samples;
  }
  // Two bytes is the default that costs no field.
  std::uint8_t onset_bytes = 2;
  for (const std::uint64_t gap : gaps) {
    onset_bytes = std::max(onset_bytes, static_cast<std::uint8_t>((std::bit_width(gap) + 7) / 8));
  }

  Bytes columns;
  for (unsigned k = 0; k < onset_bytes; ++k) {
    for (const std::uint64_t gap : gaps) columns.push_back(static_cast<std::uint8_t>(gap >> 8U * k));
  }
  if (precision == Precision::quantised) {
    for (const Event& event : events) columns.push_back(gain_code(event.gain_db));
    for (std::size_t d = 0; d < kEventVectorSize; ++d) {
      for (const Event& event : events) {
        columns.push_back(static_cast<std::uint8_t>(vector_code(event.vector[d])));
      }
    }
  } else {
    for (const Event& event : events) {
      if (!std::isfinite(event.gain_db)) throw Error("an event has a gain that is not finite");
      append_u32(columns, std::bit_cast<std::uint32_t>(event.gain_db));
    }
    for (std::size_t d = 0; d < kEventVectorSize; ++d) {
      for (const Event& event : events) {
        if (!(std::abs(event.vector[d]) <= 1.0F)) {
          throw Error("an event's vector holds a number outside -1 to 1");
        }
        append_u32(columns, std::bit_cast<std::uint32_t>(event.vector[d]));
      }
    }
  }

  flatbuffers::FlatBufferBuilder builder;
  const auto columns_offset = columns.empty() ? 0 : builder.CreateVector(columns);
  wire::EventsBuilder table(builder);
  table.add_span_samples(static_cast<std::uint64_t>(block.end_samples - start_samples));
  table.add_columns(columns_offset);
  table.add_onset_bytes(onset_bytes);
  return finished(builder, table.Finish());
}

Bytes end_content(const EventStreamTotals& totals) {
  flatbuffers::FlatBufferBuilder builder;
  const wire::Totals wire_totals(totals.events, totals.length_samples, totals.original_length_samples);
  wire::EndBuilder table(builder);
  table.add_totals(&wire_totals);
  return finished(builder, table.Finish());
}

}  // namespace

Event quantise(const Event& event, Precision precision) {
  if (precision == Precision::float32) return event;
  Event result = event;
  result.gain_db = gain_value(gain_code(event.gain_db));
  for (float& value : result.vector) value = vector_value(vector_code(value));
  return result;
}

// --- Writer ----------------------------------------------------------------------------------------

EventStreamWriter::EventStreamWriter(const EventStreamHeader& header, ByteSink sink)
    : blocks_(kEventStreamFormat, std::move(sink), header_content(header)), precision_(header.precision) {}

void EventStreamWriter::write(const EventBlock& block) {
  blocks_.require_open();
  const Block events{kEventsKind, events_content(block, end_samples_, precision_)};
  blocks_.write(std::span(&events, 1));
  end_samples_ = block.end_samples;
  events_ += block.events.size();
}

void EventStreamWriter::finish(EventStreamTotals totals) {
  blocks_.require_open();
  if (totals.length_samples > kMaxPosition || totals.original_length_samples > kMaxPosition) {
    throw Error("a length of more than " + std::to_string(kMaxPosition) + " samples cannot be written");
  }
  totals.events = events_;
  blocks_.finish(end_content(totals));
}

// --- Reader ----------------------------------------------------------------------------------------

EventStreamReader::EventStreamReader(ByteSource source) : blocks_(kEventStreamFormat, std::move(source)) {
  read_header(blocks_.read_header());
}

std::optional<EventBlock> EventStreamReader::next() {
  if (totals_) return std::nullopt;
  if (failed_) blocks_.fail("nothing can be read after the damage reported before");
  failed_ = true;  // until this block has proved sound
  const Block block = blocks_.next();
  std::optional<EventBlock> events;
  if (block.kind == kEventsKind) {
    events = read_events(block.content);
  } else if (block.kind == kEndKind) {
    read_end(block.content);
  } else {
    blocks_.fail_unknown_kind(block.kind);
  }
  failed_ = false;
  return events;
}

void EventStreamReader::read_header(const Bytes& content) {
  const auto* table = root_table<wire::Header>(content);
  if (table == nullptr || table->weights_hash() == nullptr) blocks_.fail("its content is not a header");
  if (table->precision() > wire::Precision::float32) {
    throw Error(
        "block 0 at byte 9: the events are stored in a way that this version does not know (precision " +
            std::to_string(static_cast<int>(table->precision())) + ")",
        kUpdateHint);
  }
  header_.sample_rate_hz = table->sample_rate_hz();
  header_.original_sample_rate_hz = table->original_sample_rate_hz();
  header_.original_channels = table->original_channels();
  header_.precision = static_cast<Precision>(table->precision());
  if (table->model_id() != nullptr) header_.model_id = table->model_id()->str();
  std::copy_n(table->weights_hash()->bytes()->begin(), header_.weights_hash.size(),
              header_.weights_hash.begin());
  header_.tags = read_tags(table->tags(), blocks_);
  if (const std::string what = complaint(common(header_)); !what.empty()) blocks_.fail(what);
}

EventBlock EventStreamReader::read_events(const Bytes& content) {
  const auto* table = root_table<wire::Events>(content);
  if (table == nullptr) blocks_.fail("its content is not a list of events");
  const std::size_t onset_bytes = table->onset_bytes();
  if (onset_bytes > 8)
    blocks_.fail("its onsets have " + std::to_string(onset_bytes) + " bytes each, more than 8");

  const std::size_t number_bytes = header_.precision == Precision::quantised ? 1 : 4;
  const std::size_t event_bytes = onset_bytes + number_bytes * (1 + kEventVectorSize);
  const std::size_t size = table->columns() == nullptr ? 0 : table->columns()->size();
  const std::size_t count = size / event_bytes;
  if (count * event_bytes != size) {
    blocks_.fail(std::to_string(size) + " bytes are no whole number of events of " +
                 std::to_string(event_bytes) + " bytes each");
  }
  if (count > kMaxEventsPerBlock) {
    blocks_.fail(std::to_string(count) + " events are more than " + std::to_string(kMaxEventsPerBlock));
  }
  if (table->span_samples() > kMaxPosition - static_cast<std::uint64_t>(end_samples_)) {
    blocks_.fail("it ends at a sample above " + std::to_string(kMaxPosition));
  }

  EventBlock result;
  result.end_samples = end_samples_ + static_cast<std::int64_t>(table->span_samples());
  result.events.resize(count);
  if (count > 0) {
    const std::uint8_t* onsets = table->columns()->data();
    const std::uint8_t* gains = onsets + onset_bytes * count;
    const std::uint8_t* vectors = gains + number_bytes * count;
    std::int64_t onset_samples = end_samples_;
    for (std::size_t i = 0; i < count; ++i) {
      Event& event = result.events[i];
      std::uint64_t gap = 0;
      for (std::size_t k = 0; k < onset_bytes; ++k) gap |= std::uint64_t{onsets[k * count + i]} << 8U * k;
      if (gap >= static_cast<std::uint64_t>(result.end_samples - onset_samples)) {
        blocks_.fail("event " + std::to_string(i) + " lies beyond the end of the block, sample " +
                     std::to_string(result.end_samples));
      }
      onset_samples += static_cast<std::int64_t>(gap);
      event.onset_samples = onset_samples;

      if (header_.precision == Precision::quantised) {
        event.gain_db = gain_value(gains[i]);
        for (std::size_t d = 0; d < kEventVectorSize; ++d) {
          const auto code = static_cast<std::int8_t>(vectors[d * count + i]);
          if (code == -128)
            blocks_.fail("event " + std::to_string(i) + " has a number outside -1 to 1 in its vector");
          event.vector[d] = vector_value(code);
        }
      } else {
        event.gain_db = std::bit_cast<float>(load_u32(gains + 4 * i));
        if (!std::isfinite(event.gain_db)) {
          blocks_.fail("event " + std::to_string(i) + " has a gain that is not finite");
        }
        for (std::size_t d = 0; d < kEventVectorSize; ++d) {
          event.vector[d] = std::bit_cast<float>(load_u32(vectors + 4 * (d * count + i)));
          if (!(std::abs(event.vector[d]) <= 1.0F)) {
            blocks_.fail("event " + std::to_string(i) + " has a number outside -1 to 1 in its vector");
          }
        }
      }
    }
  }
  end_samples_ = result.end_samples;
  events_ += count;
  return result;
}

void EventStreamReader::read_end(const Bytes& content) {
  const auto* table = root_table<wire::End>(content);
  if (table == nullptr || table->totals() == nullptr) blocks_.fail("its content is not an end block");
  const EventStreamTotals totals{table->totals()->events(), table->totals()->length_samples(),
                                 table->totals()->original_length_samples()};
  if (totals.events != events_) {
    blocks_.fail("it counts " + std::to_string(totals.events) + " events where there are " +
                 std::to_string(events_));
  }
  if (totals.length_samples > kMaxPosition || totals.original_length_samples > kMaxPosition) {
    blocks_.fail("it states a length above " + std::to_string(kMaxPosition) + " samples");
  }
  blocks_.require_end_of_data();
  totals_ = totals;
}

}  // namespace ictus::formats
