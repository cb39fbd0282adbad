#include "formats/blocks.hpp"

#include <xxhash.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <new>
#include <utility>

#include "formats/tag_limits.hpp"
#include "lib/core/error.hpp"

namespace ictus::formats {
namespace {

using Bytes = std::vector<std::uint8_t>;

// SPEC.md, section 3: bits of the kind.
constexpr std::uint8_t kSkippable = 0x80;
constexpr std::uint8_t kCompressed = 0x40;

// Section 5.
constexpr std::size_t kMaxContentBytes = 1U << 20U;

// The highest level: blocks are small, and a file is written once and read often.
constexpr int kZstdLevel = 19;

// By these a format is told even when a transfer has damaged the rest of its signature.
constexpr std::size_t kTellingBytes = 4;

bool begins_as(const StreamFormat& format, std::span<const std::byte> beginning) {
  const auto signature = std::as_bytes(std::span(format.signature)).first(kTellingBytes);
  return beginning.size() >= kTellingBytes &&
         std::equal(signature.begin(), signature.end(), beginning.begin());
}

bool is_header(std::uint8_t kind, const StreamFormat& format) {
  return kind == kHeaderKind || kind == format.packed_header_kind;
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
void append_block(Bytes& bytes, const Block& block, std::uint32_t number) {
  const Bytes& content = block.content;
  if (content.size() > kMaxContentBytes) {
    throw Error("a block of " + std::to_string(content.size()) + " bytes is larger than " +
                std::to_string(kMaxContentBytes));
  }
  const std::size_t begin = bytes.size();
  Bytes whole;
  append_varint(whole, content.size());
  whole.insert(whole.end(), content.begin(), content.end());

  Bytes packed;
  if (!block.is_packed) {
    const Bytes frame = compress(content);
    append_varint(packed, frame.size());
    append_varint(packed, content.size());
    packed.insert(packed.end(), frame.begin(), frame.end());
  }

  const bool pays = !block.is_packed && packed.size() < whole.size();
  bytes.push_back(pays ? block.kind | kCompressed : block.kind);
  const Bytes& chosen = pays ? packed : whole;
  bytes.insert(bytes.end(), chosen.begin(), chosen.end());
  append_u32(bytes, XXH32(bytes.data() + begin, bytes.size() - begin, number));
}

}  // namespace

std::string hexadecimal(const WeightsHash& hash) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : hash) text += {kDigits[byte >> 4U], kDigits[byte & 15U]};
  return text;
}

const StreamFormat* format_of(std::span<const std::byte> beginning) {
  for (const StreamFormat* format : {&kEventStreamFormat, &kTokenPyramidFormat}) {
    if (begins_as(*format, beginning)) return format;
  }
  return nullptr;
}

// --- Bytes ---------------------------------------------------------------------------------------

void append_varint(Bytes& bytes, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) bytes.push_back(static_cast<std::uint8_t>(value | 0x80U));
  bytes.push_back(static_cast<std::uint8_t>(value));
}

std::optional<std::uint64_t> take_varint(std::span<const std::uint8_t>& bytes, unsigned most_bytes) {
  std::uint64_t value = 0;
  for (unsigned k = 0; k < most_bytes && k < bytes.size(); ++k) {
    value |= (bytes[k] & std::uint64_t{0x7F}) << 7U * k;
    if (bytes[k] >= 0x80) continue;
    constexpr unsigned kLastOf64 = 9;  // the tenth byte has the highest bit alone
    if (k > 0 && (bytes[k] == 0 || (k == kLastOf64 && bytes[k] > 1))) return std::nullopt;
    bytes = bytes.subspan(k + 1);
    return value;
  }
  return std::nullopt;
}

void append_u32(Bytes& bytes, std::uint32_t value) {
  for (unsigned k = 0; k < 4; ++k) bytes.push_back(static_cast<std::uint8_t>(value >> 8U * k));
}

std::uint32_t load_u32(const std::uint8_t* bytes) {
  std::uint32_t value = 0;
  for (unsigned k = 0; k < 4; ++k) value |= std::uint32_t{bytes[k]} << 8U * k;
  return value;
}

// --- Writer ----------------------------------------------------------------------------------------

BlockWriter::BlockWriter(const StreamFormat& format, ByteSink sink, const Block& header)
    : format_(&format), sink_(std::move(sink)) {
  if (header.content.size() > kMaxHeaderBytes) {
    throw Error("the header with its tags takes " + std::to_string(header.content.size()) +
                    " bytes, more than " + std::to_string(kMaxHeaderBytes),
                "leave out the longest tags");
  }
  Bytes bytes(format.signature.begin(), format.signature.end());
  bytes.push_back(format.version);
  put(std::move(bytes), std::span(&header, 1));
}

void BlockWriter::require_open() const {
  if (closed_) {
    throw Error("nothing can be written to " + std::string(format_->a_name) +
                " that is finished or has failed");
  }
}

void BlockWriter::write(std::span<const Block> blocks) {
  require_open();
  put({}, blocks);
}

void BlockWriter::finish(const Bytes& end) {
  require_open();
  const Block block{kEndKind, end};
  put({}, std::span(&block, 1));
  closed_ = true;
}

void BlockWriter::put(Bytes bytes, std::span<const Block> blocks) {
  std::uint32_t number = block_number_;
  for (const Block& block : blocks) append_block(bytes, block, number++);
  closed_ = true;  // for good when the sink fails: it may have taken half of a block
  sink_(std::as_bytes(std::span(bytes)));
  closed_ = false;
  bytes_written_ += bytes.size();
  block_number_ = number;
}

// --- Reader ----------------------------------------------------------------------------------------

BlockReader::BlockReader(const StreamFormat& format, ByteSource source)
    : format_(&format), source_(std::move(source)) {
  read_signature();
}

Block BlockReader::read_header() {
  Block block = read_block();
  if (!is_header(block.kind, *format_)) fail("the stream does not begin with a header");
  if (block.content.size() > kMaxHeaderBytes) {
    fail("the header is larger than " + std::to_string(kMaxHeaderBytes) + " bytes");
  }
  return block;
}

Block BlockReader::next() {
  for (;;) {
    ++block_number_;
    Block block = read_block();
    if (is_header(block.kind, *format_)) fail("there is a second header");
    if ((block.kind & kSkippable) == 0) return block;
  }
}

void BlockReader::require_end_of_data() {
  const std::uint64_t stream_size = bytes_read_;
  std::uint8_t beyond = 0;
  if (fetch(std::span(&beyond, 1)) == 0) return;
  bytes_read_ = stream_size;
  block_offset_ = stream_size;
  ++block_number_;
  fail("there are bytes after the end block");
}

std::string BlockReader::place() const {
  return "block " + std::to_string(block_number_) + " at byte " + std::to_string(block_offset_);
}

void BlockReader::fail(const std::string& what) const {
  const std::string message = place() + ": " + what;
  // Of a damaged header block nothing can be kept, so it is no DamagedInput.
  if (block_number_ == 0) throw Error(message, "get the file again from where it came");
  throw DamagedInput(message, "what came before it is sound; get the file again for the rest");
}

void BlockReader::fail_unknown_kind(std::uint8_t kind) const {
  throw Error(place() + " is of kind " + std::to_string(kind) + ", which this version does not know",
              kUpdateHint);
}

void BlockReader::refuse(const std::string& what, const std::string& remedy) const {
  throw Error(place() + ": " + what, remedy);
}

/// Fills the buffer; returns less than its size only at the end of the data.
std::size_t BlockReader::fetch(std::span<std::uint8_t> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const std::size_t count = source_(std::as_writable_bytes(into.subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  bytes_read_ += filled;
  return filled;
}

void BlockReader::read_signature() {
  const std::string name(format_->name);
  const std::string a_name(format_->a_name);
  const std::string made_with = a_name + " is made with 'ictus encode'";

  std::array<std::uint8_t, sizeof(StreamFormat::signature) + 1> bytes{};
  const std::size_t count = fetch(bytes);
  if (count == 0) throw Error("the input is empty", made_with);
  const auto& signature = format_->signature;
  const auto compared = static_cast<std::ptrdiff_t>(std::min(count, signature.size()));
  if (!std::equal(signature.begin(), signature.begin() + compared, bytes.begin())) {
    const StreamFormat* found = format_of(std::as_bytes(std::span(bytes)).first(count));
    if (found == format_) {
      throw Error("the signature of the " + name + " is damaged",
                  "a transfer in text mode does this; transfer the file in binary mode");
    }
    if (found != nullptr) throw Error("the input is " + std::string(found->a_name) + ", not " + a_name);
    throw Error("the input is not " + a_name, made_with);
  }
  if (count < bytes.size()) throw Error("the " + name + " is cut short in its first 9 bytes");
  if (bytes.back() != format_->version) {
    throw Error("the " + name + " is of format version " + std::to_string(bytes.back()) +
                    "; this program reads version " + std::to_string(format_->version),
                kUpdateHint);
  }
}

/// Reads one block of any kind up to its checksum. The content of skippable blocks is left out.
Block BlockReader::read_block() {
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
    // A copy, so that a FlatBuffer stands at an aligned address.
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

/// Reads a varint, appends its bytes to those of the block, and checks it against the limit. Byte by
/// byte, as nothing beyond the block may be asked for.
std::size_t BlockReader::read_size(Bytes& bytes, const char* name) {
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

}  // namespace ictus::formats
