// Reading and writing of the event-stream format (.evs), see SPEC.md, part II.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/blocks.hpp"
#include "formats/event.hpp"
#include "formats/event_coder.hpp"
#include "formats/number_names.hpp"
#include "formats/quantise.hpp"

namespace ictus::formats {

/// The version of the format that is written, and the only one that is read.
inline constexpr std::uint8_t kEventStreamVersion = kEventStreamFormat.version;

/// What stands in the first block of a file: all that decoding needs.
struct EventStreamHeader {
  std::uint32_t sample_rate_hz = 44100;  ///< of onsets and of the decoded sound
  std::uint32_t original_sample_rate_hz = 44100;
  std::uint16_t original_channels = 1;
  std::uint16_t channels = 1;  ///< of the decoded sound, 1 or 2
  EventCoding coding;
  std::vector<NumberName> names;  ///< of the first numbers of vectors, at most all of them
  std::string model_id;           ///< human-readable, "events-1"
  WeightsHash weights_hash{};     ///< XXH3-128 of the weights file
  /// (field, value), UTF-8, in order. A field is not empty and holds no '=' and no control character.
  std::vector<std::pair<std::string, std::string>> tags;
};

/// What stands in the last block: totals that are known only at the end.
struct EventStreamTotals {
  std::uint64_t events = 0;
  std::uint64_t length_samples = 0;           ///< exact, at sample_rate_hz
  std::uint64_t original_length_samples = 0;  ///< exact, per channel, at original_sample_rate_hz
};

/// Without the original's length it follows from the rates.
[[nodiscard]] EventStreamTotals totals_for(const EventStreamHeader& header, std::uint64_t length_samples,
                                           std::optional<std::uint64_t> original_length_samples);

/// Writes a stream: header at once, then each block as it comes, each flushed to the sink as one call.
/// Every function throws ictus::Error, before anything of the block is written, when its argument
/// cannot stand in a file. A stream without finish() counts as cut short.
class EventStreamWriter {
 public:
  EventStreamWriter(const EventStreamHeader& header, ByteSink sink);
  /// Events must be sorted by onset and lie in [previous end_samples, block.end_samples), at most
  /// kMaxEventsPerBlock of them.
  void write(const EventBlock& block);
  /// Writes the end block. `totals.events` is filled in by the writer.
  void finish(EventStreamTotals totals);
  [[nodiscard]] std::uint64_t bytes_written() const { return blocks_.bytes_written(); }

 private:
  BlockWriter blocks_;
  EventCoding coding_;
  std::optional<EventPacker> packer_;  ///< for Precision::coded
  std::int64_t end_samples_ = 0;
  std::uint64_t events_ = 0;
};

/// Reads a stream block by block, in constant memory. It asks the source for no byte beyond the block
/// it returns, so a live stream is not held up.
class EventStreamReader {
 public:
  /// Reads and checks the header block. Throws ictus::Error when this is no event stream, is of a
  /// later version, or when its header is damaged.
  explicit EventStreamReader(ByteSource source);
  [[nodiscard]] const EventStreamHeader& header() const { return header_; }
  /// The next block, or nothing after the end block. Throws ictus::DamagedInput, with block number
  /// and byte offset in its message, at the first block that is cut short or damaged; blocks
  /// returned before are sound. Throws ictus::Error at a critical block of an unknown kind.
  [[nodiscard]] std::optional<EventBlock> next();
  /// The same without the events, which costs much less where they are packed; these are then sound only as
  /// far as the checksum tells. next() cannot be used after it.
  [[nodiscard]] std::optional<BlockOutline> next_outline();
  /// Totals from the end block; empty until next() has returned nothing.
  [[nodiscard]] const std::optional<EventStreamTotals>& totals() const { return totals_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return blocks_.bytes_read(); }

 private:
  void read_header(const std::vector<std::uint8_t>& content);
  /// The next block of events, or nothing after the end block, which it reads.
  std::optional<Block> next_block();
  EventBlock read_events(const std::vector<std::uint8_t>& content);
  void pass(const BlockOutline& outline);
  void read_end(const std::vector<std::uint8_t>& content);

  BlockReader blocks_;
  EventStreamHeader header_;
  std::optional<EventUnpacker> unpacker_;  ///< for Precision::coded
  std::optional<EventStreamTotals> totals_;
  std::int64_t end_samples_ = 0;
  std::uint64_t events_ = 0;
  bool failed_ = false;
};

}  // namespace ictus::formats
