// Files of blocks with their signature and all checksums put right, so that a change reaches the parsers
// behind them.
#pragma once

#include <xxhash.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/blocks.hpp"

namespace ictus::formats::testing {

inline std::vector<std::byte> repaired(const StreamFormat& format, std::vector<std::byte> bytes) {
  std::size_t at = format.signature.size();
  if (bytes.size() <= at) return bytes;
  const auto signature = std::as_bytes(std::span(format.signature));
  std::copy(signature.begin(), signature.end(), bytes.begin());
  bytes[at++] = std::byte{format.version};

  for (std::uint32_t number = 0; at < bytes.size(); ++number) {
    const std::size_t begin = at;
    const bool compressed = std::to_integer<bool>(bytes[at++] & std::byte{0x40});
    std::size_t sizes[2] = {0, 0};
    for (int i = 0; i < (compressed ? 2 : 1); ++i) {
      for (unsigned shift = 0; at < bytes.size() && shift < 21; shift += 7) {
        const auto byte = std::to_integer<std::size_t>(bytes[at++]);
        sizes[i] |= (byte & 0x7FU) << shift;
        if (byte < 0x80) break;
      }
    }
    if (bytes.size() - at < sizes[0] + 4) break;
    at += sizes[0];
    const std::uint32_t checksum = XXH32(bytes.data() + begin, at - begin, number);
    for (unsigned k = 0; k < 4; ++k) bytes[at++] = static_cast<std::byte>(checksum >> 8U * k);
  }
  return bytes;
}

/// Tries an input as it is, and with all checksums put right.
template <typename Check>
void check_both(const StreamFormat& format, const std::uint8_t* data, std::size_t size, Check check) {
  const auto input = std::as_bytes(std::span(data, size));
  const std::vector<std::byte> bytes(input.begin(), input.end());
  check(bytes);
  check(repaired(format, bytes));
}

}  // namespace ictus::formats::testing
