// Hands a stream of samples on until it is exactly as long as it should be.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <utility>

namespace ictus {

class ExactLength {
 public:
  using Emit = std::function<void(std::span<const float>)>;
  explicit ExactLength(Emit emit) : emit_(std::move(emit)) {}

  /// What goes beyond the length is dropped.
  void push(std::span<const float> samples) {
    const auto left = static_cast<std::uint64_t>(length_ - handed_on_);
    samples = samples.first(static_cast<std::size_t>(std::min<std::uint64_t>(samples.size(), left)));
    if (!samples.empty()) emit_(samples);
    handed_on_ += static_cast<std::int64_t>(samples.size());
  }

  /// Sets the length, once it is known; what was handed on already cannot be taken back. Returns
  /// whether samples are still missing.
  bool end_at(std::int64_t length_samples) {
    length_ = std::max(length_samples, handed_on_);
    return length_ > handed_on_;
  }

 private:
  Emit emit_;
  std::int64_t handed_on_ = 0;
  std::int64_t length_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace ictus
