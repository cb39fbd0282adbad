// Simple signals, and what analysis makes of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "formats/event.hpp"
#include "lib/analysis/encoder_settings.hpp"
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

/// Blocks of a sound that an encoder is given so many samples of at a time, a multiple of its channels.
std::vector<ictus::EventBlock> encoded(const std::vector<float>& samples,
                                       const ictus::analysis::EncoderSettings& settings,
                                       std::size_t at_a_time = 4096);

/// The model that is shipped.
std::shared_ptr<const ictus::synthesis::EventModel> trained_model();
/// The network of proposals that goes with it.
std::shared_ptr<const ictus::analysis::ProposalNetwork> trained_proposals();
