// Blocks made by hand, for the tests of both formats.
#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "byte_helpers.hpp"

namespace ictus::formats::testing {

/// A block as SPEC.md, section 3, has it, uncompressed.
inline Bytes block_of(std::uint8_t kind, std::uint32_t number, std::string_view content) {
  Bytes bytes = {std::byte{kind}};
  std::size_t size = content.size();
  for (; size >= 0x80; size >>= 7U) bytes.push_back(static_cast<std::byte>(size | 0x80U));
  bytes.push_back(static_cast<std::byte>(size));
  for (const char c : content) bytes.push_back(static_cast<std::byte>(c));
  const std::uint32_t checksum = XXH32(bytes.data(), bytes.size(), number);
  for (unsigned k = 0; k < 4; ++k) bytes.push_back(static_cast<std::byte>(checksum >> 8U * k));
  return bytes;
}

/// The block with the checksum that it has as number `number`.
inline Bytes renumbered(Bytes block, std::uint32_t number) {
  const std::uint32_t checksum = XXH32(block.data(), block.size() - 4, number);
  for (unsigned k = 0; k < 4; ++k) {
    block[block.size() - 4 + k] = static_cast<std::byte>(checksum >> 8U * k);
  }
  return block;
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace ictus::formats::testing
