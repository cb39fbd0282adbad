// Numbers and names in the bytes of files.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace ictus::audio {

enum class ByteOrder { little, big };

/// An unsigned number of at most eight bytes.
inline std::uint64_t number(std::span<const std::byte> bytes, ByteOrder order) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::byte next = order == ByteOrder::big ? bytes[i] : bytes[bytes.size() - 1 - i];
    value = value << 8 | std::to_integer<std::uint64_t>(next);
  }
  return value;
}

/// Whether `bytes` begin with a name.
inline bool begins_with(std::span<const std::byte> bytes, std::string_view name) {
  return bytes.size() >= name.size() && std::memcmp(bytes.data(), name.data(), name.size()) == 0;
}

/// Whether the first four bytes are printable, as the name of a chunk is.
inline bool is_chunk_name(std::span<const std::byte> bytes) {
  return bytes.size() >= 4 && std::all_of(bytes.begin(), bytes.begin() + 4, [](std::byte byte) {
           return byte >= std::byte{0x20} && byte < std::byte{0x7F};
         });
}

}  // namespace ictus::audio
