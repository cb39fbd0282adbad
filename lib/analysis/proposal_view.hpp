// What is seen of a sound around a proposed event, in numbers for a network.
#pragma once

#include <array>
#include <cstddef>

#include "lib/analysis/bin_map.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

inline constexpr std::size_t kViewCells = 18;   ///< stretches of time, before and after the onset
inline constexpr std::size_t kViewBetween = 8;  ///< places between partials
inline constexpr std::size_t kViewRows = synthesis::kPartialKnots + kViewBetween + synthesis::kSpectrumKnots;
inline constexpr std::size_t kViewContext = 5;

struct ProposalView {
  /// [rows, cells]: partials, what lies between them, and bands of frequency; levels below the reference, in
  /// units of 20 dB, with 0 at -30 dB.
  std::array<float, kViewRows * kViewCells> levels;
  /// Pitch, the reference against the floor, frames to come, frames before, how many events are known: each
  /// about -1 to 1.
  std::array<float, kViewContext> context;
  float reference_db;  ///< the highest power of a bin or band as the event begins
};

/// Of a pitch that begins at a frame of what is left of a sound; `known` events are explained already, and
/// powers below `floor` are silence.
ProposalView proposal_view(const BinMap& left, float hz, int onset, float floor, std::size_t known);

}  // namespace ictus::analysis
