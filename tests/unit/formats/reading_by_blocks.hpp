// What the readers of both formats have in common: they take no more of their source than they need.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <span>
#include <vector>

#include "byte_helpers.hpp"

namespace ictus::formats::testing {

/// A reader asks for nothing beyond the block it returns; before the end, `check` looks at it too.
template <typename Reader, typename Check>
void check_that_it_reads_by_blocks(const std::vector<Bytes>& parts, Check check) {
  const Bytes bytes = joined(parts);
  std::size_t delivered = 0;
  Reader reader([&, source = source_of(bytes)](std::span<std::byte> into) mutable {
    const std::size_t count = source(into);
    delivered += count;
    return count;
  });
  std::size_t expected = parts[0].size();
  CHECK(delivered == expected);
  for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
    REQUIRE(reader.next());
    expected += parts[i].size();
    CHECK(delivered == expected);
    CHECK(reader.bytes_read() == expected);
    CHECK(!reader.totals());
    check(reader);
  }
  CHECK(!reader.next());
  CHECK(reader.totals());
  CHECK(reader.bytes_read() == bytes.size());
  CHECK(!reader.next());
}

}  // namespace ictus::formats::testing
