// The table of a header block as a row of fields, which takes half the bytes of its FlatBuffer: SPEC.md,
// section 4.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ictus::formats {

/// Packs a sound FlatBuffer, whose root table is of this type. Its fields are numbers, strings, vectors of
/// them and structs of bytes.
[[nodiscard]] std::vector<std::uint8_t> packed_table(const std::vector<std::uint8_t>& flatbuffer,
                                                     const flatbuffers::TypeTable& type);
/// A FlatBuffer with the fields of that type which the packed table has; nothing when it is malformed.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> unpacked_table(std::span<const std::uint8_t> packed,
                                                                      const flatbuffers::TypeTable& type);

}  // namespace ictus::formats
