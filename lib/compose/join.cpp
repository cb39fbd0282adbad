#include "lib/compose/join.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <string>
#include <utility>

#include "lib/core/error.hpp"

namespace ictus::compose {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// An input of a mix, moved to its place.
struct Track {
  MixInput input;
  std::deque<Event> waiting;
  std::int64_t frontier_samples = 0;  ///< no event to come begins before this

  explicit Track(MixInput input_) : input(std::move(input_)), frontier_samples(input.offset_samples) {}

  void read() {
    const auto block = input.next();
    if (!block) {
      frontier_samples = kNever;
      return;
    }
    for (Event event : block->events) {
      event.onset_samples += input.offset_samples;
      event.gain_db += input.gain_db;
      waiting.push_back(event);
    }
    frontier_samples = block->end_samples + input.offset_samples;
  }
};

}  // namespace

void mix(std::vector<MixInput> inputs, const EmitBlock& emit) {
  std::vector<Track> tracks;
  for (MixInput& input : inputs) tracks.emplace_back(std::move(input));
  Reblocker reblocker(emit);
  std::int64_t end_samples = 0;
  while (true) {
    const auto behind = std::min_element(tracks.begin(), tracks.end(), [](const Track& a, const Track& b) {
      return a.frontier_samples < b.frontier_samples;
    });
    const std::int64_t settled = behind->frontier_samples;
    // Everything before the frontier that is farthest back is known.
    while (true) {
      Track* first = nullptr;
      for (Track& track : tracks) {
        if (track.waiting.empty() || track.waiting.front().onset_samples >= settled) continue;
        if (first == nullptr || track.waiting.front().onset_samples < first->waiting.front().onset_samples) {
          first = &track;
        }
      }
      if (first == nullptr) break;
      reblocker.push(first->waiting.front());
      first->waiting.pop_front();
    }
    if (settled == kNever) break;
    reblocker.advance(settled);
    end_samples = std::max(end_samples, settled);
    behind->read();
    if (behind->frontier_samples != kNever) end_samples = std::max(end_samples, behind->frontier_samples);
  }
  reblocker.finish(end_samples);
}

void Joiner::emit_waiting() {
  if (!waiting_) return;
  EventBlock block = std::move(*waiting_);
  waiting_.reset();
  emitted_samples_ = block.end_samples;
  for (Event& event : block.events) event.onset_samples += start_samples_;
  block.end_samples += start_samples_;
  emit_(block);
}

void Joiner::push(const EventBlock& block) {
  emit_waiting();
  waiting_ = block;
}

void Joiner::end_list(std::uint64_t length_samples) {
  const auto length = static_cast<std::int64_t>(length_samples);
  if (emitted_samples_ > length) {
    throw Error("its blocks go on to sample " + std::to_string(emitted_samples_) + ", beyond its end at " +
                    std::to_string(length),
                "'ictus dump' it and 'ictus assemble' the list: that puts its blocks in order");
  }
  if (waiting_) {
    std::erase_if(waiting_->events, [&](const Event& event) { return event.onset_samples >= length; });
    waiting_->end_samples = length;
    if (length > emitted_samples_) emit_waiting();
  } else if (length > emitted_samples_) {
    waiting_ = EventBlock{{}, length};
    emit_waiting();
  }
  waiting_.reset();
  start_samples_ += length;
  emitted_samples_ = 0;
}

}  // namespace ictus::compose
