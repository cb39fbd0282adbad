// A first guess at an event, read off a spectrogram.
#pragma once

#include <span>
#include <vector>

#include "lib/analysis/bin_map.hpp"
#include "lib/analysis/lines.hpp"
#include "lib/analysis/proposal_view.hpp"
#include "lib/synthesis/band_view.hpp"
#include "lib/synthesis/event_sound.hpp"

namespace ictus::analysis {

/// An event with the spectrum `power`, at a pitch: what stands out at its partials is theirs, what lies
/// between them is noise.
synthesis::EventSound spectral_guess(std::span<const float> power, float hz_per_bin, float hz);

/// Ends the event after `held_s` seconds.
void let_go(synthesis::EventSound& event, float held_s);

/// Sets how the event, whose motion is known, goes on from frame `onset` of the map: decay, and the end where
/// there is one.
void guess_course(synthesis::EventSound& event, const BinMap& map, std::span<const float> spectrum,
                  int onset);

/// What of each bin's power is not explained yet, by the bands of `explained`: [frames, bins].
std::vector<float> unexplained(const BinMap& map, const synthesis::PowerMap& sound,
                               const synthesis::PowerMap& explained);

/// An event that may be there.
struct Proposal {
  synthesis::EventSound guess;
  ProposalView seen;  ///< around it, of what was left when it was found
};

/// Up to `count` events, one after the other where most sets in of `left`, whose bins are taken away as they
/// are found. Onsets are relative to frame 0. `floor` is a power below which there is silence. Doubles of
/// `known` events, or of one another, are passed over; see doubles.hpp.
std::vector<Proposal> propose(std::vector<float>& left, const BinMap& map, const BinMap& low, int count,
                              float floor, float compression,
                              std::span<const synthesis::EventSound> known = {});

/// A tone that an explanation lacks, from where it sets in; `left` is what is not explained of `map`.
Proposal tone_proposal(const Line& line, const BinMap& map, const BinMap& left, float floor,
                       std::size_t known);

}  // namespace ictus::analysis
