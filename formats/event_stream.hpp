// Reading and writing of the event-stream format (.evs), see SPEC.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "formats/event.hpp"

namespace ictus::formats {

/// The most events that one block holds; the other limits stand in SPEC.md.
inline constexpr std::size_t kMaxEventsPerBlock = 4096;

/// The version of the format that is written, and the only one that is read.
inline constexpr std::uint8_t kEventStreamVersion = 1;

using WeightsHash = std::array<std::uint8_t, 16>;

enum class Precision : std::uint8_t {
  quantised,  ///< vectors at 8 bits a number, gains in steps of 0.5 dB from -100 to 27.5 dB
  float32,    ///< lossless, for research
};

/// What stands in the first block of a file: all that decoding needs.
struct EventStreamHeader {
  std::uint32_t sample_rate_hz = 22050;  ///< of onsets and of the decoded sound
  std::uint32_t original_sample_rate_hz = 22050;
  std::uint16_t original_channels = 1;
  Precision precision = Precision::quantised;
  std::string model_id;        ///< human-readable, "events-1"
  WeightsHash weights_hash{};  ///< XXH3-128 of the weights file
  /// (field, value), UTF-8, in order. A field is not empty and holds no '=' and no control character.
  std::vector<std::pair<std::string, std::string>> tags;
};

/// What stands in the last block: totals that are known only at the end.
struct EventStreamTotals {
  std::uint64_t events = 0;
  std::uint64_t length_samples = 0;           ///< exact, at sample_rate_hz
  std::uint64_t original_length_samples = 0;  ///< exact, per channel, at original_sample_rate_hz
};

/// The value an event has after it was written and read: the encoder renders this one, so that file
/// and residual agree. Identity for Precision::float32. Values out of range saturate; throws
/// ictus::Error when one is not a number.
[[nodiscard]] Event quantise(const Event& event, Precision precision);

/// Takes the bytes that a writer makes; throws on failure.
using ByteSink = std::function<void(std::span<const std::byte>)>;
/// Fills as much of the buffer as it can; returns the count, 0 only at the end of the data.
using ByteSource = std::function<std::size_t(std::span<std::byte>)>;

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
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  void put(const std::vector<std::uint8_t>& bytes);
  void require_open() const;

  ByteSink sink_;
  Precision precision_;
  std::uint32_t block_number_ = 0;
  std::int64_t end_samples_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t bytes_written_ = 0;
  bool closed_ = false;
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
  /// Totals from the end block; empty until next() has returned nothing.
  [[nodiscard]] const std::optional<EventStreamTotals>& totals() const { return totals_; }
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  struct Block {
    std::uint8_t kind = 0;
    std::vector<std::uint8_t> content;
  };

  [[noreturn]] void fail(const std::string& what) const;
  std::size_t fetch(std::span<std::uint8_t> into);
  void read_signature();
  Block read_block();
  std::size_t read_size(std::vector<std::uint8_t>& bytes, const char* name);
  void read_header(const Block& block);
  EventBlock read_events(const Block& block);
  void read_end(const Block& block);

  ByteSource source_;
  EventStreamHeader header_;
  std::optional<EventStreamTotals> totals_;
  std::uint32_t block_number_ = 0;  ///< of the block being read
  std::uint64_t block_offset_ = 0;  ///< its first byte
  std::uint64_t bytes_read_ = 0;
  std::int64_t end_samples_ = 0;
  std::uint64_t events_ = 0;
  bool failed_ = false;
};

}  // namespace ictus::formats
