// Several lists of events made one: side by side, or one after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "formats/event.hpp"
#include "lib/compose/reblock.hpp"

namespace ictus::compose {

/// The next block of a list, or nothing at its end.
using NextBlock = std::function<std::optional<EventBlock>()>;

struct MixInput {
  NextBlock next;
  std::int64_t offset_samples = 0;  ///< added to onsets; not negative
  float gain_db = 0.0F;             ///< added to gains
};

/// Emits the events of all inputs in order of onset, those of earlier inputs first where they begin together.
/// Reads no input further than is needed, so that memory does not grow with length.
void mix(std::vector<MixInput> inputs, const EmitBlock& emit);

/// Appends lists to each other. Blocks keep their spans, so onsets keep their places in the steps of a
/// coding.
class Joiner {
 public:
  explicit Joiner(EmitBlock emit) : emit_(std::move(emit)) {}
  /// A block of the list that is being appended.
  void push(const EventBlock& block);
  /// The list ends at `length_samples`; what would begin after that is left out. Throws ictus::Error when it
  /// has gone on far beyond: two blocks of it lie there.
  void end_list(std::uint64_t length_samples);
  [[nodiscard]] std::uint64_t length_samples() const { return static_cast<std::uint64_t>(start_samples_); }

 private:
  void emit_waiting();

  EmitBlock emit_;
  std::int64_t start_samples_ = 0;     ///< of the list that is being appended
  std::int64_t emitted_samples_ = 0;   ///< how far its blocks have gone out, from its start
  std::optional<EventBlock> waiting_;  ///< the last block, which may have to end earlier
};

}  // namespace ictus::compose
