// The frame that both formats share: signature, version and checked blocks; see SPEC.md, part I.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ictus::formats {

/// XXH3-128 of a file of weights.
using WeightsHash = std::array<std::uint8_t, 16>;
/// Its 32 digits.
[[nodiscard]] std::string hexadecimal(const WeightsHash& hash);

/// Takes the bytes that a writer makes; throws on failure.
using ByteSink = std::function<void(std::span<const std::byte>)>;
/// Fills as much of the buffer as it can; returns the count, 0 only at the end of the data.
using ByteSource = std::function<std::size_t(std::span<std::byte>)>;

/// What tells one format from the other.
struct StreamFormat {
  std::array<std::uint8_t, 8> signature;
  std::uint8_t version;  ///< the one that is written, and the only one that is read
  std::uint8_t packed_header_kind;
  std::string_view name;    ///< "event stream"
  std::string_view a_name;  ///< "an event stream"
};

inline constexpr StreamFormat kEventStreamFormat = {
    {0x89, 'E', 'V', 'S', '\r', '\n', 0x1A, '\n'}, 1, 0x11, "event stream", "an event stream"};
inline constexpr StreamFormat kTokenPyramidFormat = {
    {0x89, 'M', 'R', 'S', '\r', '\n', 0x1A, '\n'}, 1, 0x15, "token pyramid", "a token pyramid"};

/// The format of a file that begins with these bytes, or null; four bytes are enough to tell.
[[nodiscard]] const StreamFormat* format_of(std::span<const std::byte> beginning);

/// Positions and lengths are exact in a double.
inline constexpr std::uint64_t kMaxPosition = (std::uint64_t{1} << 53U) - 1;

/// The kinds that are the same in both formats.
inline constexpr std::uint8_t kHeaderKind = 0x01;
inline constexpr std::uint8_t kEndKind = 0x03;

/// One block, out of its frame.
struct Block {
  std::uint8_t kind = 0;  ///< without the bit for compression
  std::vector<std::uint8_t> content;
  bool is_packed = false;  ///< so well that a writer need not try to compress it
};

/// Appends seven bits a byte, lowest first.
void append_varint(std::vector<std::uint8_t>& bytes, std::uint64_t value);
/// Takes a varint off the front of `bytes`; nothing when they end within it, it is longer than
/// `most_bytes` (at most 10), is above 2^64 - 1 or is not in the shortest form.
[[nodiscard]] std::optional<std::uint64_t> take_varint(std::span<const std::uint8_t>& bytes,
                                                       unsigned most_bytes);

void append_u32(std::vector<std::uint8_t>& bytes, std::uint32_t value);
[[nodiscard]] std::uint32_t load_u32(const std::uint8_t* bytes);

/// Writes blocks and numbers them. Each call hands the sink all of its bytes at once. When one throws
/// before the sink was called, nothing has changed; when the sink throws, nothing more can be written.
class BlockWriter {
 public:
  /// Writes signature, version and the header block.
  BlockWriter(const StreamFormat& format, ByteSink sink, const Block& header);
  /// Throws ictus::Error when the stream is finished or has failed.
  void require_open() const;
  void write(std::span<const Block> blocks);
  /// Writes the end block.
  void finish(const std::vector<std::uint8_t>& end);
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

 private:
  /// `bytes` holds what stands before the blocks.
  void put(std::vector<std::uint8_t> bytes, std::span<const Block> blocks);

  const StreamFormat* format_;
  ByteSink sink_;
  std::uint32_t block_number_ = 0;  ///< of the next block
  std::uint64_t bytes_written_ = 0;
  bool closed_ = false;
};

/// Reads and checks blocks. It asks the source for no byte beyond the block it returns.
class BlockReader {
 public:
  /// Reads signature and version. Throws ictus::Error when they are not those of the format.
  BlockReader(const StreamFormat& format, ByteSource source);
  /// The first block, which must be a header of either kind; call it once, before next().
  [[nodiscard]] Block read_header();
  /// The next critical block that is no header; skippable ones are checked and passed over.
  [[nodiscard]] Block next();
  /// After the end block: throws when anything follows it.
  void require_end_of_data();

  /// Throws what is wrong with the block read last, with its number and offset: ictus::DamagedInput, or
  /// ictus::Error when it is the header, as nothing can be kept then.
  [[noreturn]] void fail(const std::string& what) const;
  /// The same where nothing is damaged, but what is needed is not at hand: always ictus::Error.
  [[noreturn]] void refuse(const std::string& what, const std::string& remedy) const;
  /// The same for a critical block of a kind that is not known: always ictus::Error.
  [[noreturn]] void fail_unknown_kind(std::uint8_t kind) const;

  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  /// Of the block read last, framing included.
  [[nodiscard]] std::uint64_t block_bytes() const { return bytes_read_ - block_offset_; }

 private:
  [[nodiscard]] std::string place() const;  ///< of the block read last, in words
  std::size_t fetch(std::span<std::uint8_t> into);
  void read_signature();
  Block read_block();
  std::size_t read_size(std::vector<std::uint8_t>& bytes, const char* name);

  const StreamFormat* format_;
  ByteSource source_;
  std::uint32_t block_number_ = 0;  ///< of the block being read
  std::uint64_t block_offset_ = 0;  ///< its first byte
  std::uint64_t bytes_read_ = 0;
};

/// What to do about something in a file that this version does not know.
inline constexpr const char* kUpdateHint = "a newer version of ictus may read it";

}  // namespace ictus::formats
