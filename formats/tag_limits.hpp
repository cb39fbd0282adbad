// How many tags, and how long ones, the header of a stream holds. SPEC.md, section 5.
#pragma once

#include <cstddef>
#include <string_view>

namespace ictus::formats {

constexpr std::size_t kMaxTags = 256;
constexpr std::size_t kMaxHeaderBytes = 1U << 16U;
/// Of a header beside its tags, at most.
constexpr std::size_t kMaxOtherHeaderBytes = 4096;

/// What a tag takes in a header, at most: a FlatBuffers string and the reference to it.
constexpr std::size_t tag_bytes(std::string_view field, std::string_view value) {
  constexpr std::size_t kReference = 4;
  constexpr std::size_t kLength = 4;
  constexpr std::size_t kNulAndPadding = 4;
  return kReference + kLength + field.size() + 1 + value.size() + kNulAndPadding;
}

}  // namespace ictus::formats
