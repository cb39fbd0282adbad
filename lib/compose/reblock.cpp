#include "lib/compose/reblock.hpp"

#include <algorithm>

#include "lib/core/error.hpp"

namespace ictus::compose {

void Reblocker::push(const Event& event) {
  advance(event.onset_samples);
  waiting_.push_back(event);
}

void Reblocker::advance(std::int64_t frontier_samples) {
  while (frontier_samples >= next_end_samples_) {
    emit_until(next_end_samples_);
    next_end_samples_ += kBlockSamples;
  }
}

void Reblocker::finish(std::int64_t end_samples) {
  advance(end_samples);
  if (!waiting_.empty()) end_samples = std::max(end_samples, waiting_.back().onset_samples + 1);
  if (end_samples > end_samples_) emit_until(end_samples);
}

void Reblocker::emit_until(std::int64_t end_samples) {
  EventBlock block;
  auto from = waiting_.begin();
  while (from != waiting_.end()) {
    auto to = waiting_.end();
    block.end_samples = end_samples;
    if (to - from > static_cast<std::ptrdiff_t>(kMaxEventsPerBlock)) {
      // Events that begin together cannot be told apart by where a block ends.
      to = from + static_cast<std::ptrdiff_t>(kMaxEventsPerBlock);
      while (to != from && (to - 1)->onset_samples == to->onset_samples) --to;
      if (to == from) {
        throw Error("more than " + std::to_string(kMaxEventsPerBlock) + " events begin at the same sample, " +
                        std::to_string(from->onset_samples),
                    "a stream cannot hold so many; move some of them");
      }
      block.end_samples = to->onset_samples;
    }
    block.events.assign(from, to);
    emit_(block);
    from = to;
  }
  if (waiting_.empty()) emit_({{}, end_samples});
  waiting_.clear();
  end_samples_ = end_samples;
}

}  // namespace ictus::compose
