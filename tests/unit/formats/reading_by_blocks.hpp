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

/// That a writer hands on each part in one call, counts its bytes, and writes the same twice.
template <typename Writer, typename Header, typename Part, typename Totals>
void check_that_it_writes_by_parts(const Header& header, const std::vector<Part>& all, const Totals& totals) {
  const std::vector<Bytes> parts = parts_written_by<Writer>(header, all, totals);
  CHECK(parts == parts_written_by<Writer>(header, all, totals));
  CHECK(parts.size() == all.size() + 2);

  std::size_t size = 0;
  Writer writer(header, [&](std::span<const std::byte> bytes) { size += bytes.size(); });
  CHECK(writer.bytes_written() == size);
  writer.write(all[0]);
  CHECK(writer.bytes_written() == size);
}

/// How many of the parts behind the first one are whole in so many bytes, and where they end.
inline std::pair<std::size_t, std::size_t> whole_parts(const std::vector<Bytes>& parts, std::size_t length) {
  std::size_t whole = 0;
  std::size_t end = parts[0].size();
  while (whole + 2 < parts.size() && end + parts[whole + 1].size() <= length) end += parts[++whole].size();
  return {whole, end};
}

/// Calls check(changed, place) with each other value of each byte.
template <typename Check>
void for_each_change(const Bytes& bytes, Check check) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int pattern = 1; pattern < 256; ++pattern) {
      CAPTURE(at);
      CAPTURE(pattern);
      Bytes changed = bytes;
      changed[at] ^= static_cast<std::byte>(pattern);
      check(changed, at);
    }
  }
}

}  // namespace ictus::formats::testing
