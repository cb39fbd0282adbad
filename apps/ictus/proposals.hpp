// The network that says with which numbers events begin to be fitted: it lies beside the event model's.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "lib/analysis/proposal_network.hpp"
#include "lib/synthesis/event_model.hpp"

namespace ictus::front {

/// Of a model that was named with --model, or of the usual one: `events.proposals.safetensors` beside
/// `events.safetensors`. Throws ictus::Error when it is not there or goes with other weights.
[[nodiscard]] std::shared_ptr<const analysis::ProposalNetwork> load_proposals(
    const std::optional<std::string>& named, const synthesis::EventModel& model);

}  // namespace ictus::front
