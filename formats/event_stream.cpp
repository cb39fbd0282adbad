#include "formats/event_stream.hpp"

#include <flatbuffers/flatbuffers.h>
#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <new>
#include <string_view>

#include "event_stream_generated.h"
#include "lib/core/error.hpp"

namespace ictus::formats {
namespace {

using Bytes = std::vector<std::uint8_t>;

// SPEC.md, section 2.
constexpr std::array<std::uint8_t, 8> kSignature = {0x89, 'E', 'V', 'S', '\r', '\n', 0x1A, '\n'};

// Section 3.
constexpr std::uint8_t kSkippable = 0x80;
constexpr std::uint8_t kCompressed = 0x40;
constexpr std::uint8_t kHeaderKind = 0x01;
constexpr std::uint8_t kEventsKind = 0x02;
constexpr std::uint8_t kEndKind = 0x03;

// Section 7.
constexpr std::size_t kMaxContentBytes = 1U << 20U;
constexpr std::size_t kMaxHeaderBytes = 1U << 16U;
constexpr std::size_t kMaxModelIdBytes = 255;
constexpr std::size_t kMaxTags = 256;
constexpr std::uint64_t kMaxPosition = (std::uint64_t{1} << 53U) - 1;
constexpr std::uint32_t kMaxSampleRateHz = 10'000'000;

constexpr float kMinGainDb = -100.0F;
constexpr float kMaxGainDb = 27.5F;
constexpr float kGainStepsPerDb = 2.0F;
constexpr float kVectorSteps = 127.0F;

// The highest level: blocks are small, and a file is written once and read often.
constexpr int kZstdLevel = 19;

constexpr const char* kUpdateHint = "a newer version of ictus may read it";

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

/// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF; and no NUL.
bool is_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i++]);
    if (lead == 0) return false;
    if (lead < 0x80) continue;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    if (lead < 0xC2 || lead > 0xF4 || text.size() - i < static_cast<std::size_t>(more)) return false;
    std::uint32_t code_point = lead & (0x3FU >> more);
    for (int k = 0; k < more; ++k) {
      const auto byte = static_cast<std::uint8_t>(text[i++]);
      if ((byte & 0xC0U) != 0x80U) return false;
      code_point = code_point << 6U | (byte & 0x3FU);
    }
    const std::uint32_t lowest = more == 3 ? 0x10000 : more == 2 ? 0x800 : 0x80;
    if (code_point < lowest || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) {
      return false;
    }
  }
  return true;
}

/// What is wrong with a header that could not stand in a file; empty when nothing is.
std::string complaint(const EventStreamHeader& header) {
  for (const std::uint32_t rate_hz : {header.sample_rate_hz, header.original_sample_rate_hz}) {
    if (rate_hz == 0 || rate_hz > kMaxSampleRateHz) {
      return "a sample rate of " + std::to_string(rate_hz) + " Hz is outside 1 to " +
             std::to_string(kMaxSampleRateHz);
    }
  }
  if (header.original_channels == 0) return "the number of channels is 0";
  if (header.model_id.size() > kMaxModelIdBytes) {
    return "the model id is longer than " + std::to_string(kMaxModelIdBytes) + " bytes";
  }
  if (!is_text(header.model_id)) return "the model id is not well-formed UTF-8";
  if (header.tags.size() > kMaxTags) {
    return std::to_string(header.tags.size()) + " tags are more than " + std::to_string(kMaxTags);
  }
  for (std::size_t i = 0; i < header.tags.size(); ++i) {
    const auto& [field, value] = header.tags[i];
    const std::string which = "tag " + std::to_string(i) + " ";
    if (field.empty()) return which + "has no field name";
    if (!is_text(field) || !is_text(value)) return which + "is not well-formed UTF-8";
    if (std::any_of(field.begin(), field.end(),
                    [](char c) { return static_cast<std::uint8_t>(c) < 0x20 || c == 0x7F || c == '='; })) {
      return which + "has a control character or '=' in its field name";
    }
  }
  return {};
}

// --- Bytes ---------------------------------------------------------------------------------------

void append_varint(Bytes& bytes, std::size_t value) {
  for (; value >= 0x80; value >>= 7U) bytes.push_back(static_cast<std::uint8_t>(value | 0x80U));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

void append_u32(Bytes& bytes, std::uint32_t value) {
  for (unsigned k = 0; k < 4; ++k) bytes.push_back(static_cast<std::uint8_t>(value >> 8U * k));
}

std::uint32_t load_u32(const std::uint8_t* bytes) {
  std::uint32_t value = 0;
  for (unsigned k = 0; k < 4; ++k) value |= std::uint32_t{bytes[k]} << 8U * k;
  return value;
}

/// One Zstandard frame. Its own content size and checksum are left out: the block has both.
Bytes compress(const Bytes& content) {
  const std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)> context(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kZstdLevel);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
  Bytes frame(ZSTD_compressBound(content.size()));
  const std::size_t size =
      ZSTD_compress2(context.get(), frame.data(), frame.size(), content.data(), content.size());
  if (ZSTD_isError(size)) throw Error(std::string("cannot compress a block: ") + ZSTD_getErrorName(size));
  frame.resize(size);
  return frame;
}

/// Appends one block: kind, sizes, content as it is or compressed, whichever is smaller, checksum.
void append_block(Bytes& bytes, std::uint8_t kind, std::uint32_t number, const Bytes& content) {
  if (content.size() > kMaxContentBytes) {
    throw Error("a block of " + std::to_string(content.size()) + " bytes is larger than " +
                std::to_string(kMaxContentBytes));
  }
  const std::size_t begin = bytes.size();
  Bytes whole;
  append_varint(whole, content.size());
  whole.insert(whole.end(), content.begin(), content.end());

  const Bytes frame = compress(content);
  Bytes packed;
  append_varint(packed, frame.size());
  append_varint(packed, content.size());
  packed.insert(packed.end(), frame.begin(), frame.end());

  const bool pays = packed.size() < whole.size();
  bytes.push_back(pays ? kind | kCompressed : kind);
  const Bytes& chosen = pays ? packed : whole;
  bytes.insert(bytes.end(), chosen.begin(), chosen.end());
  append_u32(bytes, XXH32(bytes.data() + begin, bytes.size() - begin, number));
}

template <typename Table>
Bytes finished(flatbuffers::FlatBufferBuilder& builder, flatbuffers::Offset<Table> root) {
  builder.Finish(root);
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

/// The root table, or nothing when the content is not a sound FlatBuffer of this type.
template <typename Table>
const Table* root_table(const Bytes& content) {
  flatbuffers::Verifier verifier(content.data(), content.size());
  if (content.empty() || !verifier.VerifyBuffer<Table>(nullptr)) return nullptr;
  return flatbuffers::GetRoot<Table>(content.data());
}

// --- Contents of the blocks, written ---------------------------------------------------------------

Bytes header_content(const EventStreamHeader& header) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<flatbuffers::String>> tags;
  tags.reserve(header.tags.size());
  for (const auto& [field, value] : header.tags) tags.push_back(builder.CreateString(field + "=" + value));
  const auto tags_offset = tags.empty() ? 0 : builder.CreateVector(tags);
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
    : sink_(std::move(sink)), precision_(header.precision) {
  if (const std::string what = complaint(header); !what.empty()) {
    throw Error("this header cannot be written: " + what);
  }
  const Bytes content = header_content(header);
  if (content.size() > kMaxHeaderBytes) {
    throw Error("the header with its tags takes " + std::to_string(content.size()) + " bytes, more than " +
                    std::to_string(kMaxHeaderBytes),
                "leave out the longest tags");
  }
  Bytes bytes(kSignature.begin(), kSignature.end());
  bytes.push_back(kEventStreamVersion);
  append_block(bytes, kHeaderKind, block_number_, content);
  put(bytes);
}

void EventStreamWriter::write(const EventBlock& block) {
  require_open();
  Bytes bytes;
  append_block(bytes, kEventsKind, block_number_, events_content(block, end_samples_, precision_));
  put(bytes);
  end_samples_ = block.end_samples;
  events_ += block.events.size();
}

void EventStreamWriter::finish(EventStreamTotals totals) {
  require_open();
  if (totals.length_samples > kMaxPosition || totals.original_length_samples > kMaxPosition) {
    throw Error("a length of more than " + std::to_string(kMaxPosition) + " samples cannot be written");
  }
  totals.events = events_;
  Bytes bytes;
  append_block(bytes, kEndKind, block_number_, end_content(totals));
  put(bytes);
  closed_ = true;
}

void EventStreamWriter::put(const Bytes& bytes) {
  closed_ = true;  // for good when the sink fails: it may have taken half of the block
  sink_(std::as_bytes(std::span(bytes)));
  closed_ = false;
  bytes_written_ += bytes.size();
  ++block_number_;
}

void EventStreamWriter::require_open() const {
  if (closed_) throw Error("nothing can be written to an event stream that is finished or has failed");
}

// --- Reader ----------------------------------------------------------------------------------------

EventStreamReader::EventStreamReader(ByteSource source) : source_(std::move(source)) {
  read_signature();
  read_header(read_block());
}

std::optional<EventBlock> EventStreamReader::next() {
  if (totals_) return std::nullopt;
  if (failed_) fail("nothing can be read after the damage reported before");
  failed_ = true;  // until this block has proved sound
  for (;;) {
    ++block_number_;
    const Block block = read_block();
    if (block.kind == kEventsKind) {
      EventBlock events = read_events(block);
      failed_ = false;
      return events;
    }
    if (block.kind == kEndKind) {
      read_end(block);
      failed_ = false;
      return std::nullopt;
    }
    if (block.kind == kHeaderKind) fail("there is a second header");
    if ((block.kind & kSkippable) == 0) {
      throw Error("block " + std::to_string(block_number_) + " at byte " + std::to_string(block_offset_) +
                      " is of kind " + std::to_string(block.kind) + ", which this version does not know",
                  kUpdateHint);
    }
  }
}

void EventStreamReader::fail(const std::string& what) const {
  const std::string message =
      "block " + std::to_string(block_number_) + " at byte " + std::to_string(block_offset_) + ": " + what;
  // Of a damaged header block nothing can be kept, so it is no DamagedInput.
  if (block_number_ == 0) throw Error(message, "get the file again from where it came");
  throw DamagedInput(message, "what came before it is sound; get the file again for the rest");
}

/// Fills the buffer; returns less than its size only at the end of the data.
std::size_t EventStreamReader::fetch(std::span<std::uint8_t> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const std::size_t count = source_(std::as_writable_bytes(into.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  bytes_read_ += filled;
  return filled;
}

void EventStreamReader::read_signature() {
  std::array<std::uint8_t, kSignature.size() + 1> bytes{};
  const std::size_t count = fetch(bytes);
  if (count == 0) throw Error("the input is empty", "an event stream is made with 'ictus encode'");
  const std::size_t compared = std::min(count, kSignature.size());
  if (!std::equal(kSignature.begin(), kSignature.begin() + compared, bytes.begin())) {
    if (std::equal(kSignature.begin(), kSignature.begin() + std::min<std::size_t>(compared, 4),
                   bytes.begin())) {
      throw Error("the signature of the event stream is damaged",
                  "a transfer in text mode does this; transfer the file in binary mode");
    }
    throw Error("the input is not an event stream", "an event stream is made with 'ictus encode'");
  }
  if (count < bytes.size()) throw Error("the event stream is cut short in its first 9 bytes");
  if (bytes.back() != kEventStreamVersion) {
    throw Error("the event stream is of format version " + std::to_string(bytes.back()) +
                    "; this program reads version " + std::to_string(kEventStreamVersion),
                kUpdateHint);
  }
}

/// Reads one block of any kind up to its checksum. The content of skippable blocks is left out.
EventStreamReader::Block EventStreamReader::read_block() {
  block_offset_ = bytes_read_;
  Bytes bytes(1);
  if (fetch(bytes) == 0) fail("the stream is cut short: it ends here without an end block");

  const std::uint8_t kind = bytes[0];
  const std::size_t stored_size = read_size(bytes, "stored size");
  const bool compressed = (kind & kCompressed) != 0;
  const std::size_t content_size = compressed ? read_size(bytes, "content size") : stored_size;
  const std::size_t head_size = bytes.size();

  bytes.resize(head_size + stored_size + 4);
  if (fetch(std::span(bytes).subspan(head_size)) < stored_size + 4) {
    fail("the stream is cut short within the block, at byte " + std::to_string(bytes_read_));
  }
  const std::uint8_t* checksum = bytes.data() + head_size + stored_size;
  if (XXH32(bytes.data(), head_size + stored_size, block_number_) != load_u32(checksum)) {
    fail("its checksum does not match");
  }

  Block block{static_cast<std::uint8_t>(kind & ~kCompressed), {}};
  if ((kind & kSkippable) != 0) return block;
  const std::uint8_t* stored = bytes.data() + head_size;
  if (!compressed) {
    // A copy, so that the FlatBuffer stands at an aligned address.
    block.content.assign(stored, stored + stored_size);
    return block;
  }
  // ZSTD_decompress would also take several frames in a row and skippable ones.
  if (stored_size < 4 || load_u32(stored) != ZSTD_MAGICNUMBER ||
      ZSTD_findFrameCompressedSize(stored, stored_size) != stored_size) {
    fail("its content is not one Zstandard frame");
  }
  block.content.resize(content_size);
  if (ZSTD_decompress(block.content.data(), content_size, stored, stored_size) != content_size) {
    fail("its Zstandard frame does not decode to the size stated");
  }
  return block;
}

/// Reads a varint, appends its bytes to those of the block, and checks it against the limit.
std::size_t EventStreamReader::read_size(Bytes& bytes, const char* name) {
  std::size_t value = 0;
  for (unsigned k = 0; k < 3; ++k) {
    std::uint8_t byte = 0;
    if (fetch(std::span(&byte, 1)) == 0) {
      fail("the stream is cut short within the block, at byte " + std::to_string(bytes_read_));
    }
    bytes.push_back(byte);
    value |= (byte & std::size_t{0x7F}) << 7U * k;
    if (byte < 0x80) {
      if (k > 0 && byte == 0) fail(std::string("its ") + name + " is not in the shortest form");
      if (value > kMaxContentBytes) {
        fail(std::string("its ") + name + " of " + std::to_string(value) + " bytes is above the limit of " +
             std::to_string(kMaxContentBytes));
      }
      return value;
    }
  }
  fail(std::string("its ") + name + " is not a number of at most three bytes");
}

void EventStreamReader::read_header(const Block& block) {
  if (block.kind != kHeaderKind) fail("the stream does not begin with a header");
  if (block.content.size() > kMaxHeaderBytes) {
    fail("the header is larger than " + std::to_string(kMaxHeaderBytes) + " bytes");
  }
  const auto* table = root_table<wire::Header>(block.content);
  if (table == nullptr || table->weights_hash() == nullptr) fail("its content is not a header");
  if (table->precision() > wire::Precision::float32) {
    throw Error(
        "block 0 at byte 9: the events are stored in a way that this version does not know (precision " +
            std::to_string(static_cast<int>(table->precision())) + ")",
        kUpdateHint);
  }
  const std::size_t tag_count = table->tags() == nullptr ? 0 : table->tags()->size();
  // Before any is copied: thousands of tags may all point to one long string.
  if (tag_count > kMaxTags) {
    fail(std::to_string(tag_count) + " tags are more than " + std::to_string(kMaxTags));
  }

  header_.sample_rate_hz = table->sample_rate_hz();
  header_.original_sample_rate_hz = table->original_sample_rate_hz();
  header_.original_channels = table->original_channels();
  header_.precision = static_cast<Precision>(table->precision());
  if (table->model_id() != nullptr) header_.model_id = table->model_id()->str();
  std::copy_n(table->weights_hash()->bytes()->begin(), header_.weights_hash.size(),
              header_.weights_hash.begin());
  for (std::size_t i = 0; i < tag_count; ++i) {
    const std::string tag = table->tags()->Get(static_cast<flatbuffers::uoffset_t>(i))->str();
    const std::size_t split = tag.find('=');
    if (split == std::string::npos) fail("tag " + std::to_string(i) + " has no '='");
    header_.tags.emplace_back(tag.substr(0, split), tag.substr(split + 1));
  }
  if (const std::string what = complaint(header_); !what.empty()) fail(what);
}

EventBlock EventStreamReader::read_events(const Block& block) {
  const auto* table = root_table<wire::Events>(block.content);
  if (table == nullptr) fail("its content is not a list of events");
  const std::size_t onset_bytes = table->onset_bytes();
  if (onset_bytes > 8) fail("its onsets have " + std::to_string(onset_bytes) + " bytes each, more than 8");

  const std::size_t number_bytes = header_.precision == Precision::quantised ? 1 : 4;
  const std::size_t event_bytes = onset_bytes + number_bytes * (1 + kEventVectorSize);
  const std::size_t size = table->columns() == nullptr ? 0 : table->columns()->size();
  const std::size_t count = size / event_bytes;
  if (count * event_bytes != size) {
    fail(std::to_string(size) + " bytes are no whole number of events of " + std::to_string(event_bytes) +
         " bytes each");
  }
  if (count > kMaxEventsPerBlock) {
    fail(std::to_string(count) + " events are more than " + std::to_string(kMaxEventsPerBlock));
  }
  if (table->span_samples() > kMaxPosition - static_cast<std::uint64_t>(end_samples_)) {
    fail("it ends at a sample above " + std::to_string(kMaxPosition));
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
        fail("event " + std::to_string(i) + " lies beyond the end of the block, sample " +
             std::to_string(result.end_samples));
      }
      onset_samples += static_cast<std::int64_t>(gap);
      event.onset_samples = onset_samples;

      if (header_.precision == Precision::quantised) {
        event.gain_db = gain_value(gains[i]);
        for (std::size_t d = 0; d < kEventVectorSize; ++d) {
          const auto code = static_cast<std::int8_t>(vectors[d * count + i]);
          if (code == -128)
            fail("event " + std::to_string(i) + " has a number outside -1 to 1 in its vector");
          event.vector[d] = vector_value(code);
        }
      } else {
        event.gain_db = std::bit_cast<float>(load_u32(gains + 4 * i));
        if (!std::isfinite(event.gain_db)) {
          fail("event " + std::to_string(i) + " has a gain that is not finite");
        }
        for (std::size_t d = 0; d < kEventVectorSize; ++d) {
          event.vector[d] = std::bit_cast<float>(load_u32(vectors + 4 * (d * count + i)));
          if (!(std::abs(event.vector[d]) <= 1.0F)) {
            fail("event " + std::to_string(i) + " has a number outside -1 to 1 in its vector");
          }
        }
      }
    }
  }
  end_samples_ = result.end_samples;
  events_ += count;
  return result;
}

void EventStreamReader::read_end(const Block& block) {
  const auto* table = root_table<wire::End>(block.content);
  if (table == nullptr || table->totals() == nullptr) fail("its content is not an end block");
  const EventStreamTotals totals{table->totals()->events(), table->totals()->length_samples(),
                                 table->totals()->original_length_samples()};
  if (totals.events != events_) {
    fail("it counts " + std::to_string(totals.events) + " events where there are " + std::to_string(events_));
  }
  if (totals.length_samples > kMaxPosition || totals.original_length_samples > kMaxPosition) {
    fail("it states a length above " + std::to_string(kMaxPosition) + " samples");
  }
  const std::uint64_t stream_size = bytes_read_;
  std::uint8_t beyond = 0;
  if (fetch(std::span(&beyond, 1)) != 0) {
    bytes_read_ = stream_size;
    block_offset_ = stream_size;
    ++block_number_;
    fail("there are bytes after the end block");
  }
  totals_ = totals;
}

}  // namespace ictus::formats
