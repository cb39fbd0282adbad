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
constexpr std::uint8_t kPackedEventsKind = 0x12;

// Section 11.
constexpr unsigned kTotalBytes = 8;

constexpr std::uint16_t kMaxChannels = 2;

// --- Contents of the blocks, written ---------------------------------------------------------------

std::string complaint(const EventStreamHeader& header) {
  std::string what;
  if (header.channels < 1 || header.channels > kMaxChannels) {
    what = "a decoded sound of " + std::to_string(header.channels) + " channels has not 1 or 2";
  }
  if (what.empty()) what = complaint(common(header));
  if (what.empty()) what = complaint(header.names);
  if (what.empty()) what = complaint(header.coding);
  return what;
}

/// Names and units as lines; the other way in names_of().
std::string lines_of(const std::vector<NumberName>& names) {
  std::string lines;
  for (const NumberName& number : names) {
    if (!lines.empty()) lines += '\n';
    lines += number.name;
    if (!number.unit.empty()) lines += ' ' + number.unit;
  }
  return lines;
}

struct WireNames {
  flatbuffers::Offset<flatbuffers::String> lines;
  flatbuffers::Offset<flatbuffers::Vector<float>> ranges;
  std::uint32_t ratios = 0;
};

/// Nothing where they are the standard ones.
WireNames add_names(flatbuffers::FlatBufferBuilder& builder, const std::vector<NumberName>& names) {
  WireNames wire_names;
  if (names == standard_names()) return wire_names;
  std::vector<float> ranges;
  for (std::size_t k = 0; k < names.size(); ++k) {
    ranges.insert(ranges.end(), {names[k].low, names[k].high});
    if (names[k].is_ratio) wire_names.ratios |= 1U << k;
  }
  wire_names.lines = builder.CreateString(lines_of(names));
  if (!ranges.empty()) wire_names.ranges = builder.CreateVector(ranges);
  return wire_names;
}

/// Nothing where they are the standard ones; else up to the one from which on they are all alike.
flatbuffers::Offset<flatbuffers::Vector<std::uint16_t>> add_steps(flatbuffers::FlatBufferBuilder& builder,
                                                                  const VectorSteps& steps) {
  if (steps == standard_steps()) return 0;
  std::size_t count = steps.size();
  while (count > 1 && steps[count - 2] == steps[count - 1]) --count;
  return builder.CreateVector(steps.data(), count);
}

/// Checks the header as well as laying it out.
Block header_block(const EventStreamHeader& header) {
  if (const std::string what = complaint(header); !what.empty()) {
    throw Error("this header cannot be written: " + what);
  }
  const bool is_coded = header.coding.precision == Precision::coded;
  flatbuffers::FlatBufferBuilder builder;
  const auto tags_offset = add_tags(builder, header.tags);
  const auto model_id_offset = header.model_id.empty() ? 0 : builder.CreateString(header.model_id);
  const WireNames names = add_names(builder, header.names);
  const auto steps_offset = is_coded ? add_steps(builder, header.coding.vector_steps) : 0;
  const wire::WeightsHash weights_hash(header.weights_hash);

  wire::HeaderBuilder table(builder);
  table.add_model_id(model_id_offset);
  table.add_weights_hash(&weights_hash);
  table.add_tags(tags_offset);
  table.add_vector_steps(steps_offset);
  table.add_names(names.lines);
  table.add_ranges(names.ranges);
  table.add_ratios(names.ratios);
  table.add_original_sample_rate_hz(header.original_sample_rate_hz);
  table.add_sample_rate_hz(header.sample_rate_hz);
  if (header.original_channels != header.channels) table.add_original_channels(header.original_channels);
  if (is_coded) table.add_onset_step_samples(static_cast<std::uint16_t>(header.coding.onset_step_samples));
  table.add_channels(static_cast<std::uint8_t>(header.channels));
  table.add_precision(static_cast<wire::Precision>(header.coding.precision));
  if (is_coded) table.add_gain_step_centibels(static_cast<std::uint8_t>(header.coding.gain_step_centibels));
  return packed_header(kEventStreamFormat, finished(builder, table.Finish()), *wire::HeaderTypeTable());
}

/// Checks the events as well as laying them out in columns.
Bytes events_content(const EventBlock& block, std::int64_t start_samples) {
  require_block(block, start_samples);
  const auto& events = block.events;
  std::vector<std::uint64_t> gaps;
  gaps.reserve(events.size());
  std::int64_t previous = start_samples;
  for (const Event& event : events) {
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

  flatbuffers::FlatBufferBuilder builder;
  const auto columns_offset = columns.empty() ? 0 : builder.CreateVector(columns);
  wire::EventsBuilder table(builder);
  table.add_span_samples(static_cast<std::uint64_t>(block.end_samples - start_samples));
  table.add_columns(columns_offset);
  table.add_onset_bytes(onset_bytes);
  return finished(builder, table.Finish());
}

Bytes end_content(const EventStreamTotals& totals, Precision precision) {
  if (precision == Precision::coded) {
    Bytes content;
    append_varint(content, totals.events);
    append_varint(content, totals.length_samples);
    if (totals.original_length_samples != totals.length_samples)
      append_varint(content, totals.original_length_samples);
    return content;
  }
  flatbuffers::FlatBufferBuilder builder;
  const wire::Totals wire_totals(totals.events, totals.length_samples, totals.original_length_samples);
  wire::EndBuilder table(builder);
  table.add_totals(&wire_totals);
  return finished(builder, table.Finish());
}

// --- Names and steps, read -------------------------------------------------------------------------

/// Fails in the name of `reader`, as does the next. What stands in them is checked with the whole header.
std::vector<NumberName> read_names(const wire::Header& table, const BlockReader& reader) {
  if (table.names() == nullptr) return standard_names();
  std::vector<NumberName> names;
  const std::string_view lines = table.names()->string_view();
  for (std::size_t begin = 0; begin <= lines.size() && !lines.empty();) {
    const std::string_view line = lines.substr(begin, lines.find('\n', begin) - begin);
    const std::size_t space = std::min(line.find(' '), line.size());
    NumberName& number = names.emplace_back();
    number.name = line.substr(0, space);
    number.unit = line.substr(std::min(space + 1, line.size()));
    begin += line.size() + 1;
  }
  const std::size_t limits = table.ranges() == nullptr ? 0 : table.ranges()->size();
  if (limits != 2 * names.size()) {
    reader.fail("it has " + std::to_string(limits) + " limits of ranges for " + std::to_string(names.size()) +
                " named numbers");
  }
  for (std::size_t k = 0; k < std::min<std::size_t>(names.size(), kEventVectorSize); ++k) {
    names[k].low = table.ranges()->Get(static_cast<flatbuffers::uoffset_t>(2 * k));
    names[k].high = table.ranges()->Get(static_cast<flatbuffers::uoffset_t>(2 * k + 1));
    names[k].is_ratio = (table.ratios() >> k & 1U) != 0;
  }
  return names;
}

VectorSteps read_steps(const flatbuffers::Vector<std::uint16_t>* wire_steps, const BlockReader& reader) {
  if (wire_steps == nullptr) return standard_steps();
  const std::size_t count = wire_steps->size();
  if (count < 1 || count > kEventVectorSize) {
    reader.fail("it has steps for " + std::to_string(count) + " numbers, not for 1 to " +
                std::to_string(kEventVectorSize));
  }
  VectorSteps steps{};
  for (std::size_t d = 0; d < steps.size(); ++d) {
    steps[d] = wire_steps->Get(static_cast<flatbuffers::uoffset_t>(std::min(d, count - 1)));
  }
  return steps;
}

// --- The end block, read ---------------------------------------------------------------------------

std::optional<EventStreamTotals> totals_of(const Bytes& content) {
  const auto* table = root_table<wire::End>(content);
  if (table == nullptr || table->totals() == nullptr) return std::nullopt;
  return EventStreamTotals{table->totals()->events(), table->totals()->length_samples(),
                           table->totals()->original_length_samples()};
}

std::optional<EventStreamTotals> packed_totals(const Bytes& content) {
  std::span<const std::uint8_t> rest = content;
  const auto events = take_varint(rest, kTotalBytes);
  const auto length = take_varint(rest, kTotalBytes);
  const auto original_length = rest.empty() ? length : take_varint(rest, kTotalBytes);
  if (!events || !length || !original_length || !rest.empty()) return std::nullopt;
  return EventStreamTotals{*events, *length, *original_length};
}

/// What unpack() makes of a block; one that it refuses is damaged.
template <typename Unpack>
auto or_fail(const BlockReader& reader, Unpack unpack) {
  try {
    return unpack();
  } catch (const Error& error) {
    reader.fail(error.what());
  }
}

}  // namespace

// --- Writer ----------------------------------------------------------------------------------------

EventStreamTotals totals_for(const EventStreamHeader& header, std::uint64_t length_samples,
                             std::optional<std::uint64_t> original_length_samples) {
  EventStreamTotals totals{.length_samples = length_samples, .original_length_samples = length_samples};
  if (original_length_samples) {
    totals.original_length_samples = *original_length_samples;
  } else if (header.original_sample_rate_hz != header.sample_rate_hz) {
    totals.original_length_samples = static_cast<std::uint64_t>(std::llround(
        static_cast<double>(length_samples) * header.original_sample_rate_hz / header.sample_rate_hz));
  }
  return totals;
}

EventStreamWriter::EventStreamWriter(const EventStreamHeader& header, ByteSink sink)
    : blocks_(kEventStreamFormat, std::move(sink), header_block(header)), coding_(header.coding) {
  if (coding_.precision == Precision::coded) packer_.emplace(coding_);
}

void EventStreamWriter::write(const EventBlock& block) {
  blocks_.require_open();
  const Block events = packer_ ? Block{kPackedEventsKind, packer_->pack(block), true}
                               : Block{kEventsKind, events_content(block, end_samples_)};
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
  blocks_.finish(end_content(totals, coding_.precision));
}

// --- Reader ----------------------------------------------------------------------------------------

EventStreamReader::EventStreamReader(ByteSource source) : blocks_(kEventStreamFormat, std::move(source)) {
  read_header(read_header_block(blocks_, *wire::HeaderTypeTable()));
}

std::optional<EventBlock> EventStreamReader::next() {
  const std::optional<Block> block = next_block();
  if (!block) return std::nullopt;
  EventBlock events = unpacker_ ? or_fail(blocks_, [&] { return unpacker_->unpack(block->content); })
                                : read_events(block->content);
  pass({events.events.size(), events.end_samples});
  return events;
}

std::optional<BlockOutline> EventStreamReader::next_outline() {
  if (!unpacker_) {
    const std::optional<EventBlock> events = next();
    return events ? std::optional(BlockOutline{events->events.size(), events->end_samples}) : std::nullopt;
  }
  const std::optional<Block> block = next_block();
  if (!block) return std::nullopt;
  const BlockOutline outline = or_fail(blocks_, [&] { return unpacker_->outline(block->content); });
  pass(outline);
  return outline;
}

/// The block has proved sound.
void EventStreamReader::pass(const BlockOutline& outline) {
  events_ += outline.events;
  end_samples_ = outline.end_samples;
  failed_ = false;
}

std::optional<Block> EventStreamReader::next_block() {
  if (totals_) return std::nullopt;
  if (failed_) blocks_.fail("nothing can be read after the damage reported before");
  failed_ = true;  // until this block has proved sound
  Block block = blocks_.next();
  if (block.kind == (unpacker_ ? kPackedEventsKind : kEventsKind)) return block;
  if (block.kind == kEventsKind || block.kind == kPackedEventsKind) {
    blocks_.fail("its events are not stored as the header says");
  }
  if (block.kind != kEndKind) blocks_.fail_unknown_kind(block.kind);
  read_end(block.content);
  failed_ = false;
  return std::nullopt;
}

void EventStreamReader::read_header(const Bytes& content) {
  const auto* table = root_table<wire::Header>(content);
  if (table == nullptr || table->weights_hash() == nullptr) blocks_.fail(kNoHeader);
  if (table->precision() > wire::Precision::float32) {
    throw Error(
        "block 0 at byte 9: the events are stored in a way that this version does not know (precision " +
            std::to_string(static_cast<int>(table->precision())) + ")",
        kUpdateHint);
  }
  header_.sample_rate_hz = table->sample_rate_hz();
  header_.original_sample_rate_hz = table->original_sample_rate_hz();
  header_.channels = table->channels();
  header_.original_channels = table->original_channels().value_or(header_.channels);
  header_.names = read_names(*table, blocks_);
  header_.coding.precision = static_cast<Precision>(table->precision());
  if (header_.coding.precision == Precision::coded) {
    header_.coding.vector_steps = read_steps(table->vector_steps(), blocks_);
    header_.coding.gain_step_centibels = table->gain_step_centibels();
    header_.coding.onset_step_samples = table->onset_step_samples();
  }
  if (table->model_id() != nullptr) header_.model_id = table->model_id()->str();
  std::copy_n(table->weights_hash()->bytes()->begin(), header_.weights_hash.size(),
              header_.weights_hash.begin());
  header_.tags = read_tags(table->tags(), blocks_);
  if (const std::string what = complaint(header_); !what.empty()) blocks_.fail(what);
  if (header_.coding.precision == Precision::coded) unpacker_.emplace(header_.coding);
}

EventBlock EventStreamReader::read_events(const Bytes& content) {
  const auto* table = root_table<wire::Events>(content);
  if (table == nullptr) blocks_.fail("its content is not a list of events");
  const std::size_t onset_bytes = table->onset_bytes();
  if (onset_bytes > 8)
    blocks_.fail("its onsets have " + std::to_string(onset_bytes) + " bytes each, more than 8");

  const std::size_t event_bytes = onset_bytes + 4 * (1 + kEventVectorSize);
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
    const std::uint8_t* vectors = gains + 4 * count;
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
  return result;
}

void EventStreamReader::read_end(const Bytes& content) {
  const auto found =
      header_.coding.precision == Precision::coded ? packed_totals(content) : totals_of(content);
  if (!found) blocks_.fail("its content is not an end block");
  const EventStreamTotals& totals = *found;
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
