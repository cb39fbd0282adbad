#include "formats/range_coder.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace ictus::formats {
namespace {

constexpr std::uint32_t kLeastRange = 1U << 24U;

std::uint32_t sum(Frequencies frequencies) {
  return std::accumulate(frequencies.begin(), frequencies.end(), std::uint32_t{0});
}

/// The part of the range that is `symbol`'s, which begins `below` units of `unit` above its lower end. The
/// last symbol also has what is left of the range.
std::uint32_t narrowed(std::uint32_t range, std::uint32_t unit, std::uint32_t below, Frequencies frequencies,
                       unsigned symbol) {
  return symbol + 1 == frequencies.size() ? range - unit * below : unit * frequencies[symbol];
}

}  // namespace

void RangeEncoder::code(Frequencies frequencies, unsigned& symbol) {
  const std::uint32_t below = sum(frequencies.first(symbol));
  const std::uint32_t unit = range_ / (below + sum(frequencies.subspan(symbol)));
  low_ += unit * below;
  if (low_ < unit * below) carry();
  range_ = narrowed(range_, unit, below, frequencies, symbol);
  while (range_ < kLeastRange) {
    bytes_.push_back(static_cast<std::uint8_t>(low_ >> 24U));
    low_ <<= 8U;
    range_ <<= 8U;
  }
}

/// Adds 1 to the bytes that are out. They are no row of FF: low and range together never pass what they
/// were at the beginning.
void RangeEncoder::carry() {
  std::size_t at = bytes_.size();
  while (++bytes_[--at] == 0) {
  }
}

std::vector<std::uint8_t> RangeEncoder::finish() {
  // Of the values from low to low + range - 1 the one with the most zero bytes at its end.
  const std::uint64_t last = std::uint64_t{low_} + range_ - 1;
  std::uint64_t value = last;
  for (unsigned zeros = 8; zeros <= 32 && (last >> zeros << zeros) >= low_; zeros += 8) {
    value = last >> zeros << zeros;
  }
  if (value >> 32U != 0) carry();
  for (unsigned k = 4; k-- > 0;) bytes_.push_back(static_cast<std::uint8_t>(value >> 8U * k));
  while (!bytes_.empty() && bytes_.back() == 0) bytes_.pop_back();
  return std::move(bytes_);
}

RangeDecoder::RangeDecoder(std::span<const std::uint8_t> bytes) : bytes_(bytes) {
  for (int k = 0; k < 4; ++k) take_byte();
}

void RangeDecoder::take_byte() { code_ = code_ << 8U | (at_ < bytes_.size() ? bytes_[at_++] : 0U); }

void RangeDecoder::code(Frequencies frequencies, unsigned& symbol) {
  const std::uint32_t unit = range_ / sum(frequencies);
  const std::uint32_t place = code_ / unit;
  std::uint32_t below = 0;
  symbol = 0;
  while (symbol + 1 < frequencies.size() && below + frequencies[symbol] <= place) {
    below += frequencies[symbol++];
  }
  code_ -= unit * below;
  range_ = narrowed(range_, unit, below, frequencies, symbol);
  while (range_ < kLeastRange) {
    take_byte();
    range_ <<= 8U;
  }
}

void BitCounter::code(Frequencies frequencies, unsigned& symbol) {
  bits_ += std::log2(static_cast<double>(sum(frequencies)) / frequencies[symbol]);
}

}  // namespace ictus::formats
