// One list of events made from another: chosen, shaped anew, moved.
#pragma once

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

/// Where the numbers of a vector say pitch, and how far it moves.
struct Transposition {
  std::size_t pitch = 0;        ///< the number's place
  float step = 0.0F;            ///< that is added to it; what would leave -1 to 1 stays as it is
  std::size_t balance = 0;      ///< the place of the power of partials against that of noise,
  float least_balance = -1.0F;  ///< below which an event is noise, and stays
};

/// What is done, in this order. Nothing is changed by default.
struct VariationSettings {
  Chooser keep;                      ///< events that it does not choose are left out
  std::optional<MorphTarget> morph;  ///< each vector moves towards that of the event nearest in time
  std::optional<VectorSource> random_vectors;  ///< each vector is replaced
  double perturb = 0.0;       ///< standard deviation of what is added to each number of a vector
  bool perturb_each = false;  ///< a direction for each event; else one for all
  std::optional<Transposition> transposition;
  bool random_times = false;       ///< onsets anywhere in the length, all of them equally likely
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
  std::uint64_t noise = 0;         ///< not transposed,
  std::uint64_t beyond_range = 0;  ///< nor these
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
  [[nodiscard]] bool scatters() const { return settings_.random_times || settings_.stretch != 1.0; }
  [[nodiscard]] std::int64_t moved(std::int64_t samples) const;
  [[nodiscard]] std::vector<Event> chosen(const EventBlock& block);
  void shape(Event& event);
  void transpose(Vector& vector);
  void pass_shifted(const EventBlock& block);
  void pass_scattered(const EventBlock& block);

  VariationSettings settings_;
  std::int64_t onset_step_samples_;
  EmitBlock emit_;
  VariationCounts counts_;
  Dice vector_dice_;
  Dice time_dice_;
  std::array<double, kEventVectorSize> direction_{};
  std::int64_t start_samples_ = 0;  ///< of the next block that comes in
  Reblocker reblocker_;             ///< of scattered onsets
  std::vector<Event> all_;          ///< with random times
};

}  // namespace ictus::compose
