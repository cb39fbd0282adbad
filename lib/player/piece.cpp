#include "lib/player/piece.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "lib/synthesis/starting_phases.hpp"

namespace ictus::player {
namespace {

/// The states are some 2 s apart, until there are so many of them; then they go farther apart.
constexpr std::int64_t kBlocksBetween = 6;
constexpr std::size_t kMostRemembered = 24;
/// No event sounds for so long: it is let go after 12 s, and dies away by 60 dB within 3 s then, or with its
/// room within 6 s. Its phases may go on from what began before.
constexpr double kLongestS = 18.0 + synthesis::StartingPhases::kMemoryS;
constexpr auto kLongestBlocks =
    static_cast<std::int64_t>(kLongestS * synthesis::EventModel::kSampleRateHz / Piece::kStepSamples) + 1;
constexpr std::int64_t kFarBlocks = 2 * kLongestBlocks;

synthesis::SynthesizerSettings settings_for(int channels) {
  synthesis::SynthesizerSettings settings;
  settings.sample_rate_hz = synthesis::EventModel::kSampleRateHz;
  settings.channels = channels;
  return settings;
}

bool is_same(const Event& one, const Event& other) {
  return one.onset_samples == other.onset_samples && one.gain_db == other.gain_db &&
         one.vector == other.vector;
}

}  // namespace

Piece::Piece(std::shared_ptr<const synthesis::EventModel> model, int channels)
    : model_(std::move(model)),
      state_{synthesis::Synthesizer(settings_for(channels)), 0, 0, 0},
      remembered_{state_},
      blocks_between_(kBlocksBetween) {}

std::int64_t Piece::set_events(std::vector<Event> events) {
  const auto [before, after] =
      std::mismatch(events_.begin(), events_.end(), events.begin(), events.end(), is_same);
  std::int64_t changed = -1;
  if (before != events_.end()) changed = before->onset_samples;
  if (after != events.end() && (changed < 0 || after->onset_samples < changed))
    changed = after->onset_samples;
  events_ = std::move(events);
  if (changed < 0) return std::numeric_limits<std::int64_t>::max();
  const std::int64_t block = changed / kStepSamples;
  std::erase_if(remembered_, [&](const State& state) { return state.next_block > block; });
  if (state_.next_block > block) go_towards(block);
  return block;
}

void Piece::go_towards(std::int64_t block) {
  const auto after =
      std::upper_bound(remembered_.begin(), remembered_.end(), block,
                       [](std::int64_t b, const State& state) { return b < state.next_block; });
  state_ = *std::prev(after);
  if (block - state_.next_block <= kFarBlocks) return;
  state_ = remembered_.front();
  state_.next_block = block - kLongestBlocks;
  const std::int64_t begin = state_.next_block * kStepSamples;
  state_.begin_samples = begin;
  const auto is_before = [](const Event& event, std::int64_t samples) {
    return event.onset_samples < samples;
  };
  const auto first = std::lower_bound(events_.begin(), events_.end(), begin, is_before);
  state_.next_event = static_cast<std::size_t>(first - events_.begin());
}

void Piece::remember() {
  const std::int64_t block = state_.next_block;
  if (block % blocks_between_ != 0) return;
  const auto place =
      std::lower_bound(remembered_.begin(), remembered_.end(), block,
                       [](const State& state, std::int64_t b) { return state.next_block < b; });
  if (place != remembered_.end() && place->next_block == block) return;
  remembered_.insert(place, state_);
  if (remembered_.size() <= kMostRemembered) return;
  blocks_between_ *= 2;
  std::erase_if(remembered_, [&](const State& state) { return state.next_block % blocks_between_ != 0; });
}

std::span<const float> Piece::step() {
  remember();
  const std::int64_t until = ++state_.next_block * kStepSamples;
  for (; state_.next_event < events_.size() && events_[state_.next_event].onset_samples < until;
       ++state_.next_event) {
    const Event& event = events_[state_.next_event];
    state_.synthesizer.add(model_->sound_of(event), event.onset_samples - state_.begin_samples);
  }
  return state_.synthesizer.render(until - state_.begin_samples);
}

std::span<const float> Piece::render(std::int64_t block) {
  const auto is_on_the_way = [&](const State& state) {
    return state.next_block > state_.next_block && state.next_block <= block;
  };
  if (state_.next_block > block || block - state_.next_block > kFarBlocks ||
      std::any_of(remembered_.begin(), remembered_.end(), is_on_the_way))
    go_towards(block);
  while (state_.next_block < block) step();
  return step();
}

}  // namespace ictus::player
