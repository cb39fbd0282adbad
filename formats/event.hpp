// An event: the unit in which the event codec describes sound.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ictus {

inline constexpr int kEventVectorSize = 32;
/// The most events that one block holds in a file.
inline constexpr std::size_t kMaxEventsPerBlock = 4096;
/// The span of a block where nothing asks for another; it costs no byte in a file.
inline constexpr std::int64_t kBlockSamples = 65536;

/// One sounding event. The vector's meaning belongs to the model named in the file's header.
struct Event {
  std::int64_t onset_samples = 0;                ///< at the model's sample rate, from the start of the file
  float gain_db = 0.0F;                          ///< of its power; 0 dB: as its vector alone has it
  std::array<float, kEventVectorSize> vector{};  ///< each in [-1, 1]
};

/// Events in order of onset, as they travel together in a file or between encoder and decoder.
struct EventBlock {
  std::vector<Event> events;
  /// No event of this or an earlier block starts at or after this position, and no event of a later
  /// block starts before it: a decoder may finish all sound up to here.
  std::int64_t end_samples = 0;
};

}  // namespace ictus
