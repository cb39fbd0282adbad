// A piece whose events change while it is played: only that is rendered anew in which a change is heard.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/synthesis/event_model.hpp"
#include "lib/synthesis/synthesizer.hpp"

namespace ictus::player {

/// The samples are those of synthesis::Decoder, in blocks. States of the synthesis are remembered on the way,
/// from which it can go on: memory grows with the number of events that sound at once, not with length. A
/// block far from all of them begins with the events that may still sound in it.
class Piece {
 public:
  /// Of events in order of onset.
  Piece(std::shared_ptr<const synthesis::EventModel> model, int channels);

  /// How far events are taken into account in one block more.
  static constexpr std::int64_t kStepSamples = 16384;

  /// By how much what is rendered lies behind the events that are taken into account: the projection needs to
  /// know what follows.
  static constexpr std::int64_t kLagSamples =
      synthesis::SynthesizerSettings{}.window_samples - synthesis::SynthesizerSettings{}.hop_samples;

  /// The first sample of a block, which ends where the next begins.
  [[nodiscard]] static std::int64_t begin_of(std::int64_t block) {
    return std::max<std::int64_t>(block * kStepSamples - kLagSamples, 0);
  }

  /// Events, in order of onset, that take the place of those before. Returns the first block that may sound
  /// different now.
  std::int64_t set_events(std::vector<Event> events);
  /// The samples of a block, channels side by side; they stay until the next call. Blocks one after the other
  /// come at once, for any other up to a minute before it is rendered too.
  std::span<const float> render(std::int64_t block);

 private:
  /// The synthesis before it takes the events of a block.
  struct State {
    synthesis::Synthesizer synthesizer;
    std::int64_t begin_samples = 0;  ///< of the piece, where it began
    std::int64_t next_block = 0;
    std::size_t next_event = 0;
  };

  std::span<const float> step();
  void remember();
  void go_towards(std::int64_t block);

  std::shared_ptr<const synthesis::EventModel> model_;
  std::vector<Event> events_;
  State state_;
  std::vector<State> remembered_;  ///< in order, the first is the beginning
  std::int64_t blocks_between_;    ///< states that are remembered
};

}  // namespace ictus::player
