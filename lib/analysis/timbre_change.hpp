// The numbers of a timbre for what the network is to say: how its envelopes are to change.
#pragma once

#include <array>

#include "lib/synthesis/timbre.hpp"

namespace ictus::analysis {

using TimbreOutputs = std::array<float, synthesis::kTimbreOutputs>;

/// What the network says of a vector.
[[nodiscard]] TimbreOutputs said_of(const synthesis::EventVector& vector,
                                    const synthesis::TimbreNetwork& network);

/// Which numbers of the timbre stay as they are.
using HeldNumbers = std::array<bool, synthesis::kTimbreNumbers>;

/// Moves the numbers of the timbre so that what the network says changes by as much, as near as they come
/// along their slopes (least squares); what is off counts with its weight.
void change_timbre(synthesis::EventVector& vector, const TimbreOutputs& change, const TimbreOutputs& weights,
                   const synthesis::TimbreNetwork& network, const HeldNumbers& held = {});

/// Makes each octave of its partials and its noise stronger by so many dB than the one below, as near as the
/// timbres of the network come.
void brighten(synthesis::EventVector& vector, float db_an_octave, const synthesis::TimbreNetwork& network);

}  // namespace ictus::analysis
