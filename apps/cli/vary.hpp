// Another event stream of one. What can be heard is asked of whoever has the model.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "apps/cli/event_input.hpp"
#include "apps/cli/streams.hpp"
#include "apps/options/options.hpp"
#include "lib/compose/expression.hpp"

namespace ictus::cli {

/// Fills in the facts that can only be heard, see compose::Fact; one entry for each of the events.
using Hear = std::function<void(std::span<const Event> events, std::vector<compose::FactValues>& facts)>;
/// Makes it for the model of a stream.
using HearingFor = std::function<Hear(const EventInput& input)>;

/// Makes a change of vectors that makes their sound brighter by so many dB an octave, for the model of a
/// stream.
using BrighteningFor =
    std::function<std::function<void(compose::Vector&)>(const EventInput& input, double db_an_octave)>;

/// Returns the exit status.
int vary(const options::VaryOptions& options, const HearingFor& hearing_for,
         const BrighteningFor& brightening_for, const Streams& streams);

}  // namespace ictus::cli
