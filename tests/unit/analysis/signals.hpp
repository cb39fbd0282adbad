// Simple signals, and what analysis makes of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "lib/analysis/proposal_network.hpp"
#include "lib/analysis/stretch.hpp"
#include "lib/synthesis/event_model.hpp"
#include "lib/synthesis/event_sound.hpp"

inline constexpr double kRateHz = 44100.0;

/// A tone of `partials` partials, the h-th 1/h as strong, whose frequency follows `hz`, faded in and out over
/// 10 ms.
std::vector<float> tone(double seconds, double amplitude, int partials,
                        const std::function<double(double)>& hz);
/// White noise of that RMS.
std::vector<float> white_noise(double seconds, double rms, std::uint64_t seed);

using ictus::analysis::Stretch;

/// The event that one look and `steps` of fitting make of a sound.
ictus::synthesis::EventSound single_event(const Stretch& stretch, int steps);

/// The model that is shipped.
std::shared_ptr<const ictus::synthesis::EventModel> trained_model();
/// The network of proposals that goes with it.
std::shared_ptr<const ictus::analysis::ProposalNetwork> trained_proposals();
