// Bytes in memory, for the tests of both formats.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "formats/blocks.hpp"
#include "lib/core/error.hpp"

namespace ictus::formats::testing {

using Bytes = std::vector<std::byte>;

inline Bytes joined(const std::vector<Bytes>& parts) {
  Bytes bytes;
  for (const Bytes& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

/// A sink that keeps each call's bytes as a part of its own.
inline ByteSink sink_of(std::vector<Bytes>& parts) {
  return [&parts](std::span<const std::byte> bytes) { parts.emplace_back(bytes.begin(), bytes.end()); };
}

/// A source over bytes in memory that delivers at most `step` bytes at a time.
inline ByteSource source_of(std::span<const std::byte> bytes, std::size_t step = SIZE_MAX) {
  return [bytes, step, at = std::size_t{0}](std::span<std::byte> into) mutable {
    const std::size_t count = std::min({into.size(), bytes.size() - at, step});
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, into.begin());
    at += count;
    return count;
  };
}

/// The bytes as the writer hands them to its sink: signature with header, blocks or clips, end.
template <typename Writer, typename Header, typename Part, typename Totals>
std::vector<Bytes> parts_written_by(const Header& header, const std::vector<Part>& all,
                                    const Totals& totals) {
  std::vector<Bytes> parts;
  Writer writer(header, sink_of(parts));
  for (const Part& part : all) writer.write(part);
  writer.finish(totals);
  return parts;
}

/// Reads with `read`; what it throws is kept in the reading.
template <typename Reading, typename Read>
void keep_refusal(Reading& reading, Read read) {
  try {
    read();
  } catch (const Error& error) {
    reading.error = error.what();
    reading.damaged = dynamic_cast<const DamagedInput*>(&error) != nullptr;
  }
}

}  // namespace ictus::formats::testing
