#include "lib/player/piece.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace ictus::player {
namespace {

/// The states are some 2 s apart, until there are so many of them; then they go farther apart.
constexpr std::int64_t kBlocksBetween = 6;
constexpr std::size_t kMostRemembered = 24;

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
      state_{synthesis::Synthesizer(settings_for(channels)), 0, 0},
      remembered_{state_},
      blocks_between_(kBlocksBetween) {}

std::int64_t Piece::begin_of(std::int64_t block) const {
  const synthesis::SynthesizerSettings settings;
  // The projection lags behind by so much.
  return std::max<std::int64_t>(block * kStepSamples - (settings.window_samples - settings.hop_samples), 0);
}

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
  if (state_.next_block > block) go_back_to(block);
  return block;
}

void Piece::go_back_to(std::int64_t block) {
  const auto after =
      std::upper_bound(remembered_.begin(), remembered_.end(), block,
                       [](std::int64_t b, const State& state) { return b < state.next_block; });
  state_ = *std::prev(after);
}

void Piece::remember() {
  const std::int64_t block = state_.next_block;
  if (block % blocks_between_ != 0 || remembered_.back().next_block >= block) return;
  remembered_.push_back(state_);
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
    state_.synthesizer.add(model_->sound_of(event), event.onset_samples);
  }
  return state_.synthesizer.render(until);
}

std::span<const float> Piece::render(std::int64_t block) {
  const auto is_on_the_way = [&](const State& state) {
    return state.next_block > state_.next_block && state.next_block <= block;
  };
  if (state_.next_block > block || std::any_of(remembered_.begin(), remembered_.end(), is_on_the_way))
    go_back_to(block);
  while (state_.next_block < block) step();
  return step();
}

}  // namespace ictus::player
