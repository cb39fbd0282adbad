// The tokenizer that a command uses, on the device that was asked for.
#pragma once

#include <memory>

#include "apps/cli/same_weights.hpp"
#include "apps/options/options.hpp"
#include "lib/mars/model_file.hpp"

namespace ictus::networks {

using Tokenizer = std::shared_ptr<const mars::LoadedTokenizer>;

/// Throws ictus::Error when the weights or the device are not there.
[[nodiscard]] Tokenizer load_tokenizer(const options::NetworkOptions& options);

}  // namespace ictus::networks
