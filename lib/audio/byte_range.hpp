// A part of a file that can be read at any place.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "lib/core/fd.hpp"

namespace ictus::audio {

/// Shares its descriptor with its copies and parts; the descriptor's own position is neither used nor moved.
class ByteRange {
 public:
  ByteRange(UniqueFd fd, std::uint64_t begin, std::uint64_t size, std::string name)
      : fd_(std::make_shared<UniqueFd>(std::move(fd))), begin_(begin), size_(size), name_(std::move(name)) {}

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Of the whole input, as messages call it.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Fewer bytes than asked for only at the end.
  std::size_t read_at(std::uint64_t offset, std::span<std::byte> bytes) const {
    if (offset >= size_) return 0;
    const auto count = std::min<std::uint64_t>(bytes.size(), size_ - offset);
    return ictus::read_at(fd_->get(), begin_ + offset, bytes.first(count), name_);
  }
  /// What begins at `offset`, at most `size` bytes of it.
  [[nodiscard]] ByteRange part(std::uint64_t offset, std::uint64_t size) const {
    ByteRange found = *this;
    found.begin_ += std::min(offset, size_);
    found.size_ = std::min(size, size_ - std::min(offset, size_));
    return found;
  }

 private:
  std::shared_ptr<UniqueFd> fd_;
  std::uint64_t begin_;
  std::uint64_t size_;
  std::string name_;
};

}  // namespace ictus::audio
