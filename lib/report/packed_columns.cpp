#include "lib/report/packed_columns.hpp"

#include <algorithm>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace ictus::report {
namespace {

void put(std::string& to, std::uint64_t value, int bytes) {
  for (int b = 0; b < bytes; ++b) to.push_back(static_cast<char>(value >> (8 * b) & 0xFF));
}

/// In which 0 and -0 are two.
bool is_before(double one, double other) { return std::strong_order(one, other) < 0; }

void put_codes(std::string& to, const std::vector<double>& column, const std::vector<double>& values,
               int bits) {
  std::uint64_t waiting = 0;
  int waiting_bits = 0;
  for (const double number : column) {
    const auto place = std::lower_bound(values.begin(), values.end(), number, is_before) - values.begin();
    waiting |= static_cast<std::uint64_t>(place) << waiting_bits;
    for (waiting_bits += bits; waiting_bits >= 8; waiting_bits -= 8, waiting >>= 8) put(to, waiting, 1);
  }
  if (waiting_bits > 0) put(to, waiting, 1);
}

void put_column(std::string& to, const std::vector<double>& column) {
  std::vector<double> values = column;
  std::sort(values.begin(), values.end(), is_before);
  const auto is_same = [](double one, double other) { return std::strong_order(one, other) == 0; };
  values.erase(std::unique(values.begin(), values.end(), is_same), values.end());
  const bool is_single = std::all_of(values.begin(), values.end(), [](double value) {
    return static_cast<double>(static_cast<float>(value)) == value;
  });
  const int bytes = is_single ? 4 : 8;
  auto bits = values.empty() ? 0 : static_cast<int>(std::bit_width(values.size() - 1));
  if (8 * static_cast<std::size_t>(bytes) * (column.size() - values.size()) <
      column.size() * static_cast<std::size_t>(bits)) {
    values = column;
    bits = 0;
  }
  put(to, values.size(), 4);
  put(to, static_cast<std::uint64_t>(bits), 1);
  put(to, static_cast<std::uint64_t>(bytes), 1);
  for (const double value : values)
    put(to,
        is_single ? std::bit_cast<std::uint32_t>(static_cast<float>(value))
                  : std::bit_cast<std::uint64_t>(value),
        bytes);
  if (bits > 0) put_codes(to, column, values, bits);
}

}  // namespace

std::string packed_columns(const std::vector<std::vector<double>>& columns) {
  std::string bytes;
  for (const std::vector<double>& column : columns) put_column(bytes, column);
  return bytes;
}

}  // namespace ictus::report
