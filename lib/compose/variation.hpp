// One list of events made from another: chosen, shaped anew, moved.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "formats/event_stream.hpp"
#include "lib/compose/reblock.hpp"
#include "lib/compose/vector_spread.hpp"
#include "lib/core/dice.hpp"

namespace ictus::compose {

/// Which of these events stay, one truth each; `first` is the number of the first in its stream.
using Chooser = std::function<std::vector<bool>(std::span<const Event> events, std::uint64_t first)>;

/// The events whose vectors others move towards.
struct MorphTarget {
  std::vector<Event> events;        ///< in order, at least one
  std::int64_t length_samples = 0;  ///< after which they begin again
  double amount = 0.0;              ///< 0: not at all, 1: all the way
};

/// Which of the twelve pitch classes, from C on, are in tune.
using Scale = std::array<bool, 12>;

/// A number of each vector that is set, or moved; it ends at -1 and 1.
struct NumberChange {
  std::size_t place;
  bool is_set;
  float number;  ///< that it becomes, or by which it moves
};

/// Beats that onsets are drawn to.
struct Grid {
  double step_samples;
  double strength = 1.0;  ///< 0: not at all, 1: all the way
  double swing = 0.0;     ///< every second beat comes later by this part of a step
};

/// What is done, in this order. Nothing is changed by default. Pitch and balance are the standard numbers.
struct VariationSettings {
  Chooser keep;   ///< events that it does not choose are left out
  Chooser where;  ///< those that it does not choose stay as they are, but for stretch, shift and random times
  std::optional<MorphTarget> morph;  ///< each vector moves towards that of the event nearest in time
  std::optional<VectorSource> random_vectors;  ///< each vector is replaced
  double perturb = 0.0;              ///< standard deviation of what is added to each number of a vector
  bool perturb_each = false;         ///< a direction for each event; else one for all
  double transpose_semitones = 0.0;  ///< noise stays, and what would leave the range of pitches
  std::optional<Scale> tune;         ///< to the nearest pitch of it; noise stays
  /// Of an event of 0 dB. With it, gains make up for what another pitch makes softer or louder.
  std::function<double(const Vector&)> energy_db;
  std::vector<NumberChange> changes;
  std::function<void(Vector&)> reshape;  ///< any other change of a vector
  bool random_times = false;             ///< onsets anywhere in the length, all of them equally likely
  std::optional<Grid> grid;
  double stretch = 1.0;            ///< onsets and the length times this; events sound as before
  std::int64_t shift_samples = 0;  ///< onsets and the length later by this
  float gain_db = 0.0F;            ///< gains more by this
  std::uint64_t seed = 0;          ///< of all that is random
};

/// What came of it.
struct VariationCounts {
  std::uint64_t seen = 0;
  std::uint64_t kept = 0;
  std::uint64_t before_start = 0;  ///< of these, left out as they would begin before the start
  std::uint64_t noise = 0;         ///< neither transposed nor tuned,
  std::uint64_t beyond_range = 0;  ///< nor these
  std::uint64_t at_an_end = 0;     ///< of which a number would go beyond its range
};

/// Blocks in, blocks out, as they come and with the same ends where times stay. Random times need all events
/// before the first can be written; all else takes the memory of a block.
class Variation {
 public:
  Variation(VariationSettings settings, const formats::EventCoding& coding, EmitBlock emit);

  void push(const EventBlock& block);
  /// Emits what is left. The length that goes in and out is in samples of the stream.
  [[nodiscard]] std::uint64_t finish(std::uint64_t length_samples);
  [[nodiscard]] const VariationCounts& counts() const { return counts_; }

 private:
  /// Whether onsets no longer stand where blocks of the input put them, but for a shift.
  [[nodiscard]] bool scatters() const {
    return settings_.random_times || settings_.grid || settings_.stretch != 1.0;
  }
  [[nodiscard]] std::int64_t moved(std::int64_t samples) const;
  void shape(Event& event);
  /// By the standard numbers.
  void move_pitch(Event& event);
  void change_numbers(Vector& vector);
  [[nodiscard]] std::int64_t on_grid(std::int64_t samples) const;
  void pass_shifted(const EventBlock& block);
  void pass_scattered(const EventBlock& block);
  /// Events that begin before `frontier_samples`, in order.
  void pass_waiting(std::int64_t frontier_samples);

  VariationSettings settings_;
  std::int64_t onset_step_samples_;
  EmitBlock emit_;
  VariationCounts counts_;
  Dice vector_dice_;
  Dice time_dice_;
  std::array<double, kEventVectorSize> direction_{};
  std::int64_t start_samples_ = 0;  ///< of the next block that comes in
  std::vector<Event> waiting_;      ///< on a grid, while an earlier onset may still come
  Reblocker reblocker_;             ///< of scattered onsets
  std::vector<Event> all_;          ///< with random times
};

}  // namespace ictus::compose
