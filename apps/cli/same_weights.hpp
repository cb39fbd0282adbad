// Whether a stream was made with the weights at hand.
#pragma once

#include <string>

#include "formats/blocks.hpp"

namespace ictus::cli {

/// What tells weights from others.
struct Identity {
  const std::string& id;
  const formats::WeightsHash& hash;
};

/// Throws ictus::Error when the stream `name` was made with other weights than those at hand.
void require_same_weights(const std::string& name, const Identity& made_with, const Identity& at_hand);

/// The same for the header of a stream and a loaded model, of either codec.
template <typename Header, typename Loaded>
void require_same_weights(const std::string& name, const Header& header, const Loaded& model) {
  require_same_weights(name, Identity{header.model_id, header.weights_hash},
                       Identity{model_id(model), weights_hash(model)});
}

}  // namespace ictus::cli
