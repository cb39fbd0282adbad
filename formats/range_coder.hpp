// A range coder for symbols with given frequencies, in integers only; see SPEC.md, section 23.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ictus::formats {

/// How often each symbol is expected; all at least 1, their sum below 2^18.
using Frequencies = std::span<const std::uint32_t>;

// The three have the same code(), so that one function describes both directions: what an encoder takes
// from `symbol`, a decoder puts there.

/// Symbols to bytes.
class RangeEncoder {
 public:
  void code(Frequencies frequencies, unsigned& symbol);
  /// The shortest bytes from which a RangeDecoder takes the same symbols; nothing is coded after it.
  [[nodiscard]] std::vector<std::uint8_t> finish();

 private:
  void carry();

  std::vector<std::uint8_t> bytes_;
  std::uint32_t low_ = 0;
  std::uint32_t range_ = 0xFFFFFFFF;
};

/// Bytes to symbols. Behind the bytes it reads zeros, as many as it wants: whatever the bytes are, there
/// is always a next symbol.
class RangeDecoder {
 public:
  explicit RangeDecoder(std::span<const std::uint8_t> bytes);
  void code(Frequencies frequencies, unsigned& symbol);
  /// Whether there are bytes that no symbol has needed.
  [[nodiscard]] bool has_more() const { return at_ < bytes_.size(); }

 private:
  void take_byte();

  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  std::uint32_t code_ = 0;
  std::uint32_t range_ = 0xFFFFFFFF;
};

/// In place of a RangeEncoder: what the symbols would take.
class BitCounter {
 public:
  void code(Frequencies frequencies, unsigned& symbol);
  [[nodiscard]] double bits() const { return bits_; }

 private:
  double bits_ = 0.0;
};

}  // namespace ictus::formats
