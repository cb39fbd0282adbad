#include "lib/audio/tag_places.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace ictus::audio {
namespace {

constexpr std::uint64_t kId3v1Bytes = 128;
constexpr std::uint64_t kEnhancedBytes = 227;  ///< of "TAG+", in front of ID3v1
constexpr std::uint64_t kApeHeadBytes = 32;
constexpr std::uint64_t kId3v2HeadBytes = 10;

/// A few bytes of the file, fewer at its end.
class Peek {
 public:
  Peek(const ByteRange& file, std::uint64_t offset, std::size_t size) {
    count_ = file.read_at(offset, std::span(bytes_).first(size));
  }
  [[nodiscard]] bool is(std::string_view text, std::size_t at = 0) const {
    return at < count_ && words().substr(at).starts_with(text);
  }
  [[nodiscard]] std::string_view words() const {
    return {reinterpret_cast<const char*>(bytes_.data()), count_};
  }
  [[nodiscard]] std::uint64_t byte(std::size_t at) const {
    return std::to_integer<std::uint64_t>(bytes_[at]);
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  std::array<std::byte, kApeHeadBytes> bytes_{};
  std::size_t count_ = 0;
};

/// Of an ID3v2 head or footer, whose size has seven bits a byte; nothing if it is none.
std::optional<std::uint64_t> id3v2_bytes(const Peek& head) {
  if (head.count() < kId3v2HeadBytes || head.byte(3) == 0xFF || head.byte(4) == 0xFF) return std::nullopt;
  std::uint64_t size = 0;
  for (std::size_t i = 6; i < kId3v2HeadBytes; ++i) {
    if (head.byte(i) >= 0x80) return std::nullopt;
    size = size << 7 | head.byte(i);
  }
  const bool has_footer = (head.byte(5) & 0x10) != 0;
  return kId3v2HeadBytes + size + (has_footer ? kId3v2HeadBytes : 0);
}

/// Of an APE head or footer: the items and the footer.
std::uint64_t ape_size(const Peek& head) {
  std::uint64_t size = 0;
  for (std::size_t i = 4; i-- > 0;) size = size << 8 | head.byte(12 + i);
  return size;
}

/// Bytes of the tag that ends at `end`; 0 if none does.
std::uint64_t tag_bytes_before(const ByteRange& file, std::uint64_t end) {
  const auto before = [&](std::uint64_t distance, std::size_t size) {
    return Peek(file, distance <= end ? end - distance : file.size(), size);
  };
  if (before(kId3v1Bytes, 3).is("TAG")) {
    const bool is_enhanced = before(kId3v1Bytes + kEnhancedBytes, 4).is("TAG+");
    return kId3v1Bytes + (is_enhanced ? kEnhancedBytes : 0);
  }
  if (const Peek footer = before(kApeHeadBytes, kApeHeadBytes);
      footer.is("APETAGEX") && footer.count() == kApeHeadBytes) {
    const bool has_head = (footer.byte(23) & 0x80) != 0;
    return ape_size(footer) + (has_head ? kApeHeadBytes : 0);
  }
  // Lyrics3v2: the size of all before it, in six digits, and the mark.
  if (const Peek mark = before(15, 15); mark.is("LYRICS200", 6)) {
    std::uint64_t size = 0;
    for (const char digit : mark.words().substr(0, 6)) {
      if (digit < '0' || digit > '9') return 0;
      size = 10 * size + static_cast<std::uint64_t>(digit - '0');
    }
    return size + 15;
  }
  if (const Peek footer = before(kId3v2HeadBytes, kId3v2HeadBytes); footer.is("3DI"))
    return id3v2_bytes(footer).value_or(0);
  return 0;
}

}  // namespace

std::uint64_t tag_bytes_at(const ByteRange& file, std::uint64_t offset) {
  const Peek head(file, offset, kApeHeadBytes);
  if (head.is("ID3")) return id3v2_bytes(head).value_or(0);
  if (head.is("TAG+")) return kEnhancedBytes;
  if (head.is("TAG") && offset + kId3v1Bytes <= file.size()) return kId3v1Bytes;
  if (head.is("APETAGEX") && head.count() == kApeHeadBytes) return kApeHeadBytes + ape_size(head);
  return 0;
}

std::uint64_t skip_tags(const ByteRange& file, std::uint64_t offset) {
  while (const std::uint64_t size = offset < file.size() ? tag_bytes_at(file, offset) : 0) offset += size;
  return std::min(offset, file.size());
}

std::uint64_t end_before_tags(const ByteRange& file) {
  std::uint64_t end = file.size();
  for (;;) {
    const std::uint64_t size = tag_bytes_before(file, end);
    if (size == 0 || size > end) return end;
    end -= size;
  }
}

}  // namespace ictus::audio
