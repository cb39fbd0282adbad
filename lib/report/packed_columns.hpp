// Columns of numbers as few bytes, for pages that unpack them.
#pragma once

#include <string>
#include <vector>

namespace ictus::report {

/// All columns one after the other, little-endian. Of each: how many values it has (32 bits), how many bits a
/// code has (8) and how many bytes a value (8, 4 or 8 for IEEE 754); the values; and a code for each row,
/// from the lowest bit of the first byte on, which is the place of its value. Where there are so many values
/// that codes do not pay, these have no bits, and the values are those of the rows. Numbers are finite.
[[nodiscard]] std::string packed_columns(const std::vector<std::vector<double>>& columns);

}  // namespace ictus::report
