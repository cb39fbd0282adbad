#include "lib/report/packed_columns.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

using ictus::report::packed_columns;

namespace {

/// Reads columns of `rows` numbers as the header says.
class Unpacker {
 public:
  Unpacker(const std::string& bytes, std::size_t rows) : bytes_(bytes), rows_(rows) {}

  std::vector<double> column() {
    const auto count = static_cast<std::size_t>(whole(4));
    bits = static_cast<int>(whole(1));
    width = static_cast<int>(whole(1));
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t value = whole(width);
      values.push_back(width == 4
                           ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(value)))
                           : std::bit_cast<double>(value));
    }
    if (bits == 0 && count > 1) return values;
    std::vector<double> column;
    for (std::size_t row = 0; row < rows_; ++row) {
      std::size_t code = 0;
      for (int bit = 0; bit < bits; ++bit) {
        const std::size_t place = row * static_cast<std::size_t>(bits) + static_cast<std::size_t>(bit);
        code |= static_cast<std::size_t>(bytes_[at_ + place / 8] >> (place % 8) & 1) << bit;
      }
      column.push_back(values.at(code));
    }
    at_ += (rows_ * static_cast<std::size_t>(bits) + 7) / 8;
    return column;
  }
  [[nodiscard]] bool is_at_end() const { return at_ == bytes_.size(); }

  int bits = 0, width = 0;

 private:
  std::uint64_t whole(int count) {
    std::uint64_t value = 0;
    for (int b = 0; b < count; ++b)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_.at(at_++))) << (8 * b);
    return value;
  }

  std::string bytes_;
  std::size_t rows_;
  std::size_t at_ = 0;
};

}  // namespace

TEST_CASE("columns come back, each in the fewest bits") {
  std::vector<double> few, many, one, doubles;
  for (int i = 0; i < 1000; ++i) {
    few.push_back(i * 7 % 5);
    many.push_back(static_cast<double>(std::sin(static_cast<float>(i))));
    one.push_back(-3.5);
    doubles.push_back(0.1 * (i % 3));
  }
  const std::string bytes = packed_columns({few, many, one, doubles});
  Unpacker unpacker(bytes, 1000);
  CHECK(unpacker.column() == few);
  CHECK(unpacker.bits == 3);
  CHECK(unpacker.column() == many);
  CHECK(unpacker.bits == 0);
  CHECK(unpacker.width == 4);
  CHECK(unpacker.column() == one);
  CHECK(unpacker.column() == doubles);
  CHECK(unpacker.width == 8);
  CHECK(unpacker.is_at_end());
}

TEST_CASE("0 and -0 stay two, and no rows take no codes") {
  Unpacker unpacker(packed_columns({{0.0, -0.0, 0.0, -0.0}}), 4);
  const auto column = unpacker.column();
  CHECK(std::signbit(column.at(1)));
  CHECK_FALSE(std::signbit(column.at(2)));
  Unpacker none(packed_columns({{}}), 0);
  CHECK(none.column().empty());
  CHECK(none.is_at_end());
}
