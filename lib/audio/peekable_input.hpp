// Bytes from a descriptor that cannot seek, of which the first can be looked at before they are taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lib/core/fd.hpp"

namespace ictus::audio {

class PeekableInput {
 public:
  PeekableInput(UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}

  /// The next `count` bytes, fewer at the end of the input; they stay where they are.
  std::span<const std::byte> peek(std::size_t count);
  /// Takes what is there, at least one byte; 0 means the end.
  std::size_t read_some(std::span<std::byte> bytes);
  /// Drops bytes that have been peeked at.
  void skip_peeked(std::size_t count);

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  UniqueFd fd_;
  std::string name_;
  std::vector<std::byte> peeked_;
  std::size_t taken_ = 0;  ///< bytes of peeked_ that are gone
};

}  // namespace ictus::audio
