// Events that come in order, cut into blocks as a stream wants them.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "formats/event.hpp"

namespace ictus::compose {

using EmitBlock = std::function<void(const EventBlock&)>;

/// Blocks end after every kBlockSamples, or earlier where more events than a block holds begin.
class Reblocker {
 public:
  explicit Reblocker(EmitBlock emit) : emit_(std::move(emit)) {}
  /// Events in order of onset.
  void push(const Event& event);
  /// No event to come begins before `frontier_samples`.
  void advance(std::int64_t frontier_samples);
  /// What is left; the last block ends at `end_samples`, or after the last event where that is later.
  void finish(std::int64_t end_samples);

 private:
  void emit_until(std::int64_t end_samples);

  EmitBlock emit_;
  std::int64_t end_samples_ = 0;                   ///< of the blocks so far
  std::int64_t next_end_samples_ = kBlockSamples;  ///< where the next regular block ends
  std::vector<Event> waiting_;
};

}  // namespace ictus::compose
