#include "lib/audio/peekable_input.hpp"

#include <algorithm>

namespace ictus::audio {

std::span<const std::byte> PeekableInput::peek(std::size_t count) {
  while (peeked_.size() - taken_ < count) {
    const std::size_t have = peeked_.size();
    peeked_.resize(taken_ + count);
    const std::size_t added = ictus::read_some(fd_.get(), std::span(peeked_).subspan(have), name_);
    peeked_.resize(have + added);
    if (added == 0) break;
  }
  return std::span<const std::byte>(peeked_).subspan(taken_, std::min(count, peeked_.size() - taken_));
}

std::size_t PeekableInput::read_some(std::span<std::byte> bytes) {
  if (taken_ == peeked_.size()) return ictus::read_some(fd_.get(), bytes, name_);
  const std::size_t count = std::min(bytes.size(), peeked_.size() - taken_);
  std::copy_n(peeked_.begin() + static_cast<std::ptrdiff_t>(taken_), count, bytes.begin());
  skip_peeked(count);
  return count;
}

void PeekableInput::skip_peeked(std::size_t count) {
  taken_ += count;
  if (taken_ == peeked_.size()) {
    peeked_ = {};
    taken_ = 0;
  }
}

}  // namespace ictus::audio
