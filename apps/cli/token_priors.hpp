// The prior that token pyramids are packed by.
#pragma once

#include <memory>

#include "formats/token_pyramid.hpp"

namespace ictus::cli {

/// What packs the tokens of these weights; null where no prior for them is at hand, and tokens are written as
/// they are. Throws ictus::Error where the one at hand is damaged.
[[nodiscard]] std::shared_ptr<const formats::TokenPrior> prior_for(
    const formats::WeightsHash& tokenizer_hash);

/// The one that a stream names. Throws ictus::Error, with a remedy, where it is not at hand.
[[nodiscard]] std::shared_ptr<const formats::TokenPrior> prior_named(const formats::PriorId& id);

}  // namespace ictus::cli
